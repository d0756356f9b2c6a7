"""`penchant evaluate`: recipes judged on the user's own files, without a server."""
