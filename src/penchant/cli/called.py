"""How this installation's `penchant` is called from the user's shell."""

import os
import shlex
import shutil
import sys
from collections.abc import Mapping
from pathlib import Path


def called(environment: Mapping[str, str] = os.environ, python: str = sys.executable) -> str:
    """`penchant` where the shell finds this installation's, else its path; fit to be pasted.

    Args:
        environment: Where `PATH` says how the shell looks.
        python: The interpreter beside which this installation's commands lie.
    """
    own = Path(python).absolute().parent / "penchant"
    if not own.exists():
        return f"{shlex.quote(python)} -m penchant"
    found = shutil.which("penchant", path=environment.get("PATH", os.defpath))
    return "penchant" if found and own.samefile(found) else shlex.quote(str(own))
