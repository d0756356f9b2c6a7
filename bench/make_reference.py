"""Makes the parts of docs/reference that the code knows.

    python bench/make_reference.py

Rewrites what stands between `<!-- made: NAME -->` and `<!-- end -->`; tests/docs checks that the
pages are as this program would make them.
"""

import re
import tempfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import fields
from pathlib import Path
from typing import Any

import typer
from botocore import xform_name
from botocore.session import Session

from penchant import app
from penchant.cli.program import program
from penchant.settings import PREFIX, Settings, read

REFERENCE = Path(__file__).parent.parent / "docs" / "reference"
SERVICES = ("personalize", "personalize-events", "personalize-runtime")


def settings() -> str:
    """A table of every setting."""
    rows = ["| variable | default | meaning |", "|---|---|---|"]
    for setting in fields(Settings):
        variable = f"{PREFIX}{setting.name}".upper()
        rows.append(f"| `{variable}` | {_default(setting.default)} | {setting.metadata['doc']} |")
    return "\n".join(rows)


def commands() -> str:
    """A section per command with a table of its options."""
    group: Any = typer.main.get_command(program())
    return "\n\n".join(_command_section(name, command) for name, command in _leaves(group))


def operations() -> str:
    """A section per service: what is answered, what is not."""
    with tempfile.TemporaryDirectory() as folder:
        house = app.open_house(read({}, data_dir=Path(folder)))
        answered = set(app.operations(house))
        house.close()
    return "\n\n".join(_service_section(name, answered) for name in SERVICES)


PARTS: Mapping[str, Callable[[], str]] = {
    "settings": settings,
    "commands": commands,
    "operations": operations,
}


def remade(text: str, name: str, part: str) -> str:
    """The page with its made part replaced."""
    pattern = rf"(<!-- made: {name} -->\n).*?(<!-- end -->)"
    return re.sub(pattern, lambda found: f"{found[1]}{part}\n{found[2]}", text, flags=re.DOTALL)


def _default(value: Any) -> str:
    if isinstance(value, tuple):
        value = ":".join(map(str, value))
    return f"`{value}`" if str(value) else "empty"


def _leaves(group: Any, path: str = "penchant") -> Iterator[tuple[str, Any]]:
    for name, command in group.commands.items():
        if hasattr(command, "commands"):
            yield from _leaves(command, f"{path} {name}")
        else:
            yield f"{path} {name}", command


def _command_section(name: str, command: Any) -> str:
    arguments = [p for p in command.params if p.param_type_name == "argument"]
    usage = " ".join([name, *(p.metavar or p.name.upper() for p in arguments)])
    lines = [f"## {usage}", "", command.help]
    options = [
        p for p in command.params if p.param_type_name == "option" and not getattr(p, "hidden", 0)
    ]
    if options:
        lines += ["", "| option | default | meaning |", "|---|---|---|"]
        lines += [_option_row(option) for option in options]
    return "\n".join(lines)


def _option_row(option: Any) -> str:
    names = " / ".join(f"`{name}`" for name in (*option.opts, *option.secondary_opts))
    default = option.show_default if isinstance(option.show_default, str) else option.default
    return f"| {names} | {default if default not in (None, '') else 'none'} | {option.help} |"


def _service_section(service: str, answered: set[str]) -> str:
    names = Session().get_service_model(service).operation_names
    there = [name for name in names if xform_name(name) in answered]
    missing = [name for name in names if xform_name(name) not in answered]
    text = f"## {service}\n\nAnswered ({len(there)} of {len(names)}): {_listed(there)}."
    return text + (f"\n\nNot yet: {_listed(missing)}." if missing else "")


def _listed(names: list[str]) -> str:
    return ", ".join(f"`{name}`" for name in sorted(names))


def main() -> None:
    """Rewrite the pages."""
    for name, make in PARTS.items():
        page = REFERENCE / f"{name}.md"
        page.write_text(remade(page.read_text("utf-8"), name, make()), "utf-8")


if __name__ == "__main__":
    main()
