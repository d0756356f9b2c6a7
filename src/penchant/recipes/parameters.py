"""Hyper-parameters read by the catalogue; they live in the domain because the service checks too."""

from penchant.domain.parameters import Value, entry_of, read

__all__ = ["Value", "entry_of", "read"]
