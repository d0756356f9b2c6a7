"""A report for people: the page, its plots, its sentences."""
