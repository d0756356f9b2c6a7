"""From files to training sets: schemas, imports, vocabularies; pure functions on arrays."""
