"""What each request means: one module per resource, one method per operation."""
