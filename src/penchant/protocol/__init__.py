"""Bytes to values and back as AWS clients speak, and signatures; from botocore's models."""
