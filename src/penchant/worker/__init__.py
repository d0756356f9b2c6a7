"""Takes jobs and does them: the loop, and one task module per kind of job."""
