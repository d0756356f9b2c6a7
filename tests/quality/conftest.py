"""Programs of `bench` find each other by name, as they do when they are run."""

import sys
from pathlib import Path

sys.path.append(str(Path(__file__).parents[2] / "bench"))
