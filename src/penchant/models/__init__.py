"""Fitted models: score, save, load. Nothing here loads a trainer."""
