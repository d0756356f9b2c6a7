"""Buckets as plain folders: `<root>/<bucket>/<key>` is a file that anyone may also drop there.

What a file cannot say of itself (owner, metadata, checksums, half-written uploads) lies beside the
buckets in `<root>/.meta`, so that the folders hold the user's files and nothing else.
"""
