"""`penchant demo`: the story, step by step."""

import shlex
import signal
import sys
import tempfile
import time
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from penchant.cli.called import called
from penchant.cli.data_folder import DataFolder
from penchant.cli.demo import telling
from penchant.cli.demo.goods import Goods, movielens, online_retail
from penchant.cli.demo.journey import (
    SIMS,
    USER_PERSONALIZATION,
    Journey,
    two_more,
    unexpected,
)
from penchant.cli.demo.server import Server, running
from penchant.cli.demo.waiting import wait
from penchant.cli.demo.watching import Watch, watching
from penchant.cli.options import settings_of
from penchant.cli.terminal import out

MovieLens = Annotated[
    Path | None,
    typer.Option("--movielens", help="A MovieLens folder to use instead of the shipped data."),
]
Data = Annotated[
    Path | None,
    typer.Option(
        "--data",
        help="Data folder; a server that runs there is used.",
        show_default="a temporary folder",
    ),
]
Stay = Annotated[
    bool | None,
    typer.Option(
        "--stay/--no-stay",
        help="Keep the server up afterwards.",
        show_default="only in a terminal",
    ),
]


def demo(movielens_folder: MovieLens = None, data: Data = None, stay: Stay = None) -> None:
    """Import real data, train on it, and see two clicks change the recommendations."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    console = out()
    with ExitStack() as stack:
        scratch = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="penchant-demo-")))
        folder = DataFolder(data or scratch / "data")
        goods = movielens(movielens_folder, scratch) if movielens_folder else online_retail(scratch)
        start = time.monotonic()
        telling.headline(console, "A server")
        server = stack.enter_context(running(folder))
        whose = "started" if server.own else "already running"
        telling.say(console, f"{server.address} ({whose}; data in {folder.path})")
        watch = stack.enter_context(watching(settings_of(folder.path)))
        tell(console, Journey(server, goods, _name(server, goods)), watch)
        telling.headline(console, f"Done in {time.monotonic() - start:.0f} s")
        _farewell(console, server, data, console.is_terminal if stay is None else stay)


def tell(console: Console, journey: Journey, watch: Watch) -> None:
    """The whole story on a server that answers."""
    _prepare(console, journey, watch)
    _train(console, journey, watch)
    _recommend(console, journey)


def _prepare(console: Console, journey: Journey, watch: Watch) -> None:
    goods = journey.goods
    telling.headline(console, f"Import: {goods.story.source}")
    telling.say(
        console,
        f"{goods.n_rows:,} events of {goods.n_users:,} {goods.story.person}s and"
        f" {len(goods.titles):,} items, their dates moved to end this week",
    )
    address = journey.upload()
    wait(console, [journey.make_group()], watch.progress)
    wait(console, [journey.import_interactions(address)], watch.progress)


def _train(console: Console, journey: Journey, watch: Watch) -> None:
    telling.headline(console, "Training")
    recipes = (SIMS, USER_PERSONALIZATION)
    wait(console, [journey.train(recipe) for recipe in recipes], watch.progress)
    telling.headline(console, "Quality, on events held out from training")
    telling.say(console, "Lists may hold what a user had before, as the service's do.")
    rows = watch.leaderboard(journey.versions[USER_PERSONALIZATION])
    if rows:
        telling.leaderboard(console, rows)
    else:
        telling.metrics(console, {recipe: journey.metrics(recipe) for recipe in recipes})
    wait(console, [journey.deploy(recipe) for recipe in recipes], watch.progress)


def _recommend(console: Console, journey: Journey) -> None:
    goods = journey.goods
    telling.headline(
        console, f"{goods.story.person.capitalize()} {goods.user_id} last {goods.story.deed}"
    )
    telling.titles(console, goods, goods.history[: -telling.N_HISTORY - 1 : -1])
    before = journey.recommend()
    telling.headline(console, f"Recommended to {goods.story.person} {goods.user_id}")
    telling.ranked(console, goods, before)
    _click(console, journey, before)


def _click(console: Console, journey: Journey, before: list[str]) -> None:
    goods = journey.goods
    first = unexpected(goods, journey.recommend(25))
    related = journey.related(first, 25)
    telling.headline(console, f"Related to {telling.title(goods, first)} (aws-sims)")
    telling.ranked(console, goods, related[:5])
    journey.listen()
    clicked = two_more(goods, before, related, first)
    telling.headline(
        console, f"Now {goods.story.person} {goods.user_id} {goods.story.deed} two more, live:"
    )
    telling.titles(console, goods, clicked)
    start = time.perf_counter()
    journey.send(clicked)
    after = journey.recommend()
    took_ms = (time.perf_counter() - start) * 1000
    telling.headline(console, f"Recommended {took_ms:.0f} ms later")
    telling.comparison(console, goods, before, after)


def _name(server: Server, goods: Goods) -> str:
    """A name that is free on the server: the data's own, else with a number behind it."""
    name = goods.story.name
    pages = server.client("personalize").get_paginator("list_dataset_groups").paginate()
    taken = {group["name"] for page in pages for group in page["datasetGroups"]}
    names = (name if n == 1 else f"{name}-{n}" for n in range(1, len(taken) + 2))
    return next(name for name in names if name not in taken)


def _farewell(console: Console, server: Server, data: Path | None, stay: bool) -> None:
    folder, command = f" --data {shlex.quote(str(server.folder.path))}", called()
    if not server.own:
        telling.say(console, f"The server is still at {server.address}. In a shell:")
    elif stay:
        telling.say(console, f"The server stays at {server.address} until Ctrl-C. In a shell:")
    else:
        folder = folder if data else ""
        telling.say(console, f"Next: {command} up{folder}, and in another shell:")
    telling.say(console, f'  eval "$({command} env{folder})"')
    telling.say(console, f"  aws personalize list-{'campaigns' if folder else 'recipes'}")
    telling.say(console, "Your own data: docs/tutorial.md. How good on them, without a server:")
    telling.say(console, f"  {command} evaluate FILE.csv")
    if stay and server.own:
        with suppress(KeyboardInterrupt):
            signal.pause()
