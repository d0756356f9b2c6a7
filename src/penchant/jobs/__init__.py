"""Slow work written down: the queue, states, leases. What a job does stands in the worker."""
