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
from penchant.domain.recipes import DOMAIN_RECIPES, RECIPES, Parameter, RecipeEntry
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


def recipes() -> str:
    """A section per recipe: what it is for, how it behaves, what it takes."""
    custom = [_recipe_section(entry) for entry in RECIPES.values()]
    return "\n\n".join([*custom, *(_use_case_section(one) for one in DOMAIN_RECIPES.values())])


PARTS: Mapping[str, Callable[[], str]] = {
    "settings": settings,
    "commands": commands,
    "operations": operations,
    "recipes": recipes,
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
    told = [f"| `{p.metavar}` | required | {p.help} |" for p in arguments if p.help]
    if told or options:
        lines += ["", "| option | default | meaning |", "|---|---|---|"]
        lines += [*told, *(_option_row(option) for option in options)]
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


def _recipe_section(entry: RecipeEntry) -> str:
    parts = [f"## {entry.name}", f"{entry.description} `{entry.recipe_type.value}`."]
    traits = {
        "answers carry scores": entry.scores,
        "explores (`itemExplorationConfig`)": entry.explores,
        "is renewed between trainings": entry.refreshes,
        "takes `eventsConfig`": entry.takes_event_weights,
        "takes `optimizationObjective`": entry.takes_objective,
        f"training modes: {', '.join(entry.training_modes)}": len(entry.training_modes) > 1,
        f"also known as {_listed(list(entry.aliases))}": bool(entry.aliases),
    }
    parts += _list_of(traits)
    rows = [
        _parameter_row(name, parameter, place)
        for place, parameters in (
            ("`algorithmHyperParameters`", entry.hyper_parameters),
            ("`featureTransformationParameters`", entry.feature_parameters),
        )
        for name, parameter in parameters.items()
    ]
    if rows:
        head = ["| parameter | default | range | tunable | where |", "|---|---|---|---|---|"]
        parts.append("\n".join([*head, *rows]))
    return "\n\n".join(parts)


def _use_case_section(entry: RecipeEntry) -> str:
    case = entry.use_case
    assert case is not None
    named = ", ".join(f"`{member}`" for member in case.asks_for)
    traits = {
        f"learns from {case.learns_from or 'all'} events": True,
        f"a request needs {named}": bool(named),
        f"leaves out what the user has {case.leaves_out} events on": bool(case.leaves_out),
        "needs an Items dataset": case.needs_items,
        "explores (`itemExplorationConfig`)": entry.explores,
        "is renewed between trainings": entry.refreshes,
    }
    kind = entry.recipe_type.value
    text = f"{case.title}, of {case.domain}. {entry.description} `{kind}`."
    return "\n\n".join([f"## {entry.name}", text, *_list_of(traits)])


def _list_of(traits: Mapping[str, bool]) -> list[str]:
    """One list of those that hold, or none."""
    lines = [f"- {trait}" for trait, holds in traits.items() if holds]
    return ["\n".join(lines)] if lines else []


def _parameter_row(name: str, parameter: Parameter, place: str) -> str:
    bounds = [parameter.low, parameter.high]
    words = " to ".join("any" if bound is None else f"{bound:g}" for bound in bounds)
    values = ", ".join(parameter.choices) or words
    tunable = "yes" if parameter.tunable else "no"
    return f"| `{name}` | `{parameter.default}` | {values} | {tunable} | {place} |"


def _listed(names: list[str]) -> str:
    return ", ".join(f"`{name}`" for name in sorted(names))


def main() -> None:
    """Rewrite the pages."""
    for name, make in PARTS.items():
        page = REFERENCE / f"{name}.md"
        page.write_text(remade(page.read_text("utf-8"), name, make()), "utf-8")


if __name__ == "__main__":
    main()
