"""What can be fitted: one file per family, functions shared, no inheritance."""
