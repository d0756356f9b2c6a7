"""Metric attribution: events added up and reported."""
