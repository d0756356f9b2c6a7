"""Measure batch jobs, items for users or users for items: lines a second, CPU seconds, memory.

    python bench/batch.py                                   # 100 000 users, 10 000 items
    python bench/batch.py --recipe aws-user-personalization-v2 --users 20000
    python bench/batch.py --recipe aws-item-affinity --users 1000000 --lines 1000 --results 10000
    python bench/batch.py --recipe aws-item-attribute-affinity

A model of items learns from a few users only and then takes in all of them, as a renewal does: how
good it is does not matter here, how much it has to do does. A model of users learns from all. The
job itself is done as a worker does it, in processes of its own.
"""

import argparse
import json
import tempfile
from contextlib import closing
from itertools import islice
from pathlib import Path

import orjson
from batch_input import interactions, lines, model_of
from cost import Cost

from penchant.domain.arns import Kind, Owner
from penchant.domain.recipes import RECIPES, RecipeEntry, RecipeType
from penchant.domain.resources import Resource, utc_now
from penchant.jobs.queue import Job, JobQueue
from penchant.models.artifacts import write_artifact
from penchant.settings import Settings
from penchant.store.stores import open_stores
from penchant.worker.batch.task import Batch
from penchant.worker.tasks import Workshop

OWNER = Owner("000000000000", "us-east-1")
INPUT = "asked.json"


def main() -> None:
    options = _options()
    entry = next(entry for entry in RECIPES.values() if entry.name == options.recipe)
    with tempfile.TemporaryDirectory(dir=options.scratch) as name:
        folder = Path(name)
        n_lines = _prepare(folder, entry, options)
        settings = Settings(
            data_dir=folder, file_roots=(folder,), batch_processes=options.processes, renewal_s=0
        )
        with closing(open_stores(settings)) as stores:
            shop = Workshop(stores, JobQueue(stores.engine, utc_now, 10), settings, utc_now)
            _measure(shop, _job(shop, entry, options.results), n_lines, options)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--users", type=int, default=100_000)
    parser.add_argument("--items", type=int, default=10_000)
    parser.add_argument("--lines", type=int, help="how many at most; all users, items or colours")
    parser.add_argument("--results", type=int, default=25, help="of each line")
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--recipe", default="aws-user-personalization")
    parser.add_argument("--scratch", type=Path, default=None, help="where to work")
    return parser.parse_args()


def _prepare(folder: Path, entry: RecipeEntry, options: argparse.Namespace) -> int:
    """Write an artifact and a job's input; tells how many lines it has."""
    data = interactions(entry, options.users, options.items)
    write_artifact(
        folder / "artifacts" / "1",
        model_of(entry, data),
        data,
        recipe_arn=entry.arn,
        family=entry.family,
        metrics={},
        leaderboard=[],
        max_history=200,
    )
    texts = [json.dumps(line) + "\n" for line in islice(lines(entry, data), options.lines)]
    (folder / INPUT).write_text("".join(texts))
    return len(texts)


def _job(shop: Workshop, entry: RecipeEntry, n_results: int) -> Job:
    """A job of the kind that the recipe answers, waiting to be done."""
    finds_users = entry.recipe_type is RecipeType.USER_SEGMENTATION
    version = _put(
        shop,
        Kind.SOLUTION_VERSION,
        own={"artifact": "artifacts/1"},
        recipeArn=entry.arn,
        datasetGroupArn=OWNER.arn(Kind.DATASET_GROUP, "bench"),
    )
    folder = shop.settings.data_dir
    arn = _put(
        shop,
        Kind.BATCH_SEGMENT_JOB if finds_users else Kind.BATCH_INFERENCE_JOB,
        solutionVersionArn=version,
        numResults=n_results,
        jobInput={"s3DataSource": {"path": (folder / INPUT).as_uri()}},
        jobOutput={"s3DataDestination": {"path": (folder / "out").as_uri() + "/"}},
    )
    with shop.stores.resources.transaction() as tx:
        shop.queue.enqueue(tx, "batch", arn, {})
    job = shop.queue.of(arn)
    assert job is not None
    return job


def _put(shop: Workshop, kind: Kind, own: dict[str, str] | None = None, **sent: object) -> str:
    now = utc_now()
    arn = OWNER.arn(kind, "bench/00000001")
    made = Resource(arn, kind, OWNER, "bench", "ACTIVE", now, now, sent=sent, own=own or {})
    with shop.stores.resources.transaction() as tx:
        shop.stores.resources.add(tx, made)
    return arn


def _measure(shop: Workshop, job: Job, n_lines: int, options: argparse.Namespace) -> None:
    shares: list[tuple[float, int]] = []
    with Cost() as cost:
        Batch(shop).do(job, lambda step: shares.append((cost.so_far_s(), step.get("rows", 0))))
    first_s = next(at for at, rows in shares if rows)
    n_results = _results(shop.settings.data_dir / "out" / f"{INPUT}.out", n_lines)
    per_line_ms = cost.cpu_s / n_lines * 1000
    many, name = (1_000, "a thousand") if "affinity" in options.recipe else (10**6, "a million")
    idle_min = per_line_ms / 1000 * many / 60 / options.processes
    print(
        f"{options.recipe}: {options.users} users, {options.items} items, {n_lines} lines of "
        f"{n_results:.0f} results, {options.processes} processes\n"
        f"  {cost.seconds:.1f} s, {n_lines / cost.seconds:.1f} lines/s; first ones at "
        f"{first_s:.0f} s\n"
        f"  {cost.cpu_s:.1f} CPU s, {per_line_ms:.3f} CPU ms a line\n"
        f"  peak memory {cost.peak_bytes / 2**20:.0f} MiB\n"
        f"  {name} lines: {cost.seconds / n_lines * many / 60:.1f} min as measured, "
        f"{idle_min:.1f} min on {options.processes} idle cores"
    )


def _results(answers: Path, n_lines: int) -> float:
    """How many results a line has, in the mean; every line is answered."""
    found = []
    with answers.open("rb") as stream:
        for line in map(orjson.loads, stream):
            assert line["error"] is None, line
            found.append(len(next(iter(line["output"].values()))))
    assert len(found) == n_lines
    return sum(found) / n_lines


if __name__ == "__main__":
    main()
