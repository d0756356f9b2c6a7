"""Penchant: Amazon Personalize as open software on your own machine."""
