"""What a started server says about itself."""

import shlex
from pathlib import Path

from rich.console import Console

from penchant.cli.called import called
from penchant.cli.data_folder import DataFolder
from penchant.cli.version import installed

_SNIPPET = """\
import os, boto3
os.environ["AWS_CONFIG_FILE"] = {config!r}
os.environ["AWS_SHARED_CREDENTIALS_FILE"] = {credentials!r}
print(boto3.client("personalize").list_recipes()["recipes"])
"""


def greet(console: Console, address: str, folder: DataFolder, *, jobs: bool = True) -> None:
    """Print the address, the data folder and two ways to point a program at this server."""
    body = greeting(address, folder.path.absolute(), called(), jobs=jobs)
    title = f"Penchant {installed()} is up"
    if not console.is_terminal:
        console.print(f"{title}\n{body}", markup=False)
        return
    console.rule(title, style="green")
    console.print(body, markup=False, soft_wrap=True)  # a line that is cut cannot be pasted
    console.rule(style="green")


def greeting(address: str, folder: Path, command: str, *, jobs: bool = True) -> str:
    """The text of the greeting; it can be pasted and holds no secret.

    Args:
        address: Where the server answers.
        folder: Its data folder.
        command: How the shell calls `penchant`.
        jobs: A worker was started with it.
    """
    data = shlex.quote(str(folder))
    waiting = "" if jobs else f"jobs     wait for a worker: {command} work --data {data}\n"
    snippet = _SNIPPET.format(
        config=str(folder / "config"), credentials=str(folder / "credentials")
    )
    return (
        f"address  {address}\n"
        f"data     {folder}\n"
        f"{waiting}"
        "stop     Ctrl-C, or SIGTERM\n"
        "\n"
        "Any AWS program, from a shell:\n"
        "\n"
        f'eval "$({command} env --data {data})"\n'
        "aws personalize list-recipes\n"
        "\n"
        "Or from Python:\n"
        "\n"
        f"{snippet}"
    )
