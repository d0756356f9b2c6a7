"""What a started server says about itself."""

import shlex
from pathlib import Path

from rich.box import HORIZONTALS
from rich.console import Console
from rich.panel import Panel
from rich.text import Text

from penchant.cli.called import called
from penchant.cli.data_folder import DataFolder
from penchant.cli.version import installed

_SNIPPET = """\
import os, boto3
os.environ["AWS_CONFIG_FILE"] = {config!r}
os.environ["AWS_SHARED_CREDENTIALS_FILE"] = {credentials!r}
print(boto3.client("personalize").list_recipes()["recipes"])
"""


def greet(console: Console, address: str, folder: DataFolder) -> None:
    """Print the address, the data folder and two ways to point a program at this server."""
    body = greeting(address, folder.path.absolute(), called())
    if console.is_terminal:
        title = f"Penchant {installed()} is up"
        console.print(Panel(Text(body), title=title, box=HORIZONTALS, border_style="green"))
    else:
        console.print(f"Penchant {installed()} is up\n{body}", markup=False)


def greeting(address: str, folder: Path, command: str) -> str:
    """The text of the greeting; it can be pasted and holds no secret.

    Args:
        address: Where the server answers.
        folder: Its data folder.
        command: How the shell calls `penchant`.
    """
    snippet = _SNIPPET.format(
        config=str(folder / "config"), credentials=str(folder / "credentials")
    )
    return (
        f"address  {address}\n"
        f"data     {folder}\n"
        "stop     Ctrl-C, or SIGTERM\n"
        "\n"
        "Any AWS program, from a shell:\n"
        "\n"
        f'eval "$({command} env --data {shlex.quote(str(folder))})"\n'
        "aws personalize list-recipes\n"
        "\n"
        "Or from Python:\n"
        "\n"
        f"{snippet}"
    )
