"""Batch inference jobs and batch segment jobs: their input held, answered in parts, delivered."""
