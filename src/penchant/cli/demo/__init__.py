"""`penchant demo`: real data through the real API, told step by step."""
