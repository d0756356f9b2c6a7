"""Deletion of users' data, and of what nothing names any more."""
