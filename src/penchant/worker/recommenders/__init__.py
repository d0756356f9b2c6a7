"""Recommenders: trained, started, stopped, and kept up to date."""
