"""Deployed versions take in what came since: when, how, and what stays."""
