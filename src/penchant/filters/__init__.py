"""The filter language: reads expressions, checks them against schemas, and masks what is left."""
