"""S3 from plain folders and the account's small services, for programs that expect them."""
