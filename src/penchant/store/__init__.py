"""What is kept: resources, tags, keys, jobs, events and records in SQL; objects beside them."""
