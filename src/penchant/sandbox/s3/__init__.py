"""The part of S3 that programs around Personalize use, served from plain folders."""
