"""`penchant version`: what is installed."""

from importlib import metadata

from penchant.cli.terminal import out


def version() -> None:
    """Print the version."""
    out().print(f"penchant {installed()}")


def installed() -> str:
    """The version of the installed package."""
    return metadata.version("penchant")
