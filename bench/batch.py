"""Measure batch inference: users a second, CPU seconds and memory, extrapolated to a million users.

    python bench/batch.py                                   # 100 000 users, 10 000 items
    python bench/batch.py --recipe aws-user-personalization-v2 --users 20000

The model learns from a few users only and then takes in all of them, as a renewal does: how good it
is does not matter here, how much it has to do does. The job itself is done as a worker does it, in
processes of its own; memory is what all of them have that is not shared (USS), added up.
"""

import argparse
import json
import resource
import tempfile
import threading
import time
from contextlib import closing
from pathlib import Path

import numpy as np
import psutil

from penchant.data.training_set import TrainingSet
from penchant.data.vocabulary import Vocabulary
from penchant.domain.arns import Kind, Owner
from penchant.domain.recipes import RECIPES
from penchant.domain.resources import Resource, utc_now
from penchant.jobs.queue import JobQueue
from penchant.models.artifacts import write_artifact
from penchant.models.registry import RENEWERS
from penchant.recipes.contract import silent
from penchant.recipes.registry import FAMILIES
from penchant.settings import Settings
from penchant.store.stores import open_stores
from penchant.worker.batch.task import Batch
from penchant.worker.tasks import Workshop

OWNER = Owner("000000000000", "us-east-1")
EVENTS_PER_USER = 20
LEARNERS = 1_000


def main() -> None:
    options = _options()
    with tempfile.TemporaryDirectory(dir=options.scratch) as folder:
        data = _data(options)
        settings = Settings(
            data_dir=Path(folder),
            file_roots=(Path(folder),),
            batch_processes=options.processes,
            renewal_s=0,
        )
        with closing(open_stores(settings)) as stores:
            shop = Workshop(stores, JobQueue(stores.engine, utc_now, 10), settings, utc_now)
            job = _set_up(shop, options, data)
            del data
            _measure(shop, job, options)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--users", type=int, default=100_000)
    parser.add_argument("--items", type=int, default=10_000)
    parser.add_argument("--results", type=int, default=25)
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--recipe", default="aws-user-personalization")
    parser.add_argument("--scratch", type=Path, default=None, help="where to work")
    return parser.parse_args()


def _data(options: argparse.Namespace) -> TrainingSet:
    """Users with 20 events each on items of falling popularity."""
    chance = np.random.default_rng(0)
    n_rows = options.users * EVENTS_PER_USER
    items = (options.items * chance.random(n_rows) ** 2).astype(np.int32)
    users = np.repeat(np.arange(options.users, dtype=np.int32), EVENTS_PER_USER)
    times = 1_700_000_000 + np.sort(chance.integers(0, 10**7, (options.users, EVENTS_PER_USER)))
    return TrainingSet(
        users=Vocabulary(f"user-{n:07}" for n in range(options.users)),
        items=Vocabulary(f"item-{n:05}" for n in range(options.items)),
        user_indices=users,
        item_indices=items,
        timestamps=times.reshape(-1).astype(np.int64),
        event_types=np.full(n_rows, -1, np.int16),
        event_values=np.full(n_rows, np.nan, np.float32),
    )


def _set_up(shop: Workshop, options: argparse.Namespace, data: TrainingSet) -> str:
    entry = next(entry for entry in RECIPES.values() if entry.name == options.recipe)
    few = data.subset(data.user_indices < LEARNERS)
    model = FAMILIES[entry.family].from_parameters({}, {}).fit(few, seed=0, progress=silent)
    if entry.family in RENEWERS:
        model = RENEWERS[entry.family](model, data)
    folder = shop.settings.data_dir
    write_artifact(
        folder / "artifacts" / "1",
        model,
        data,
        recipe_arn=entry.arn,
        family=entry.family,
        metrics={},
        leaderboard=[],
        max_history=200,
    )
    (folder / "users.json").write_text(
        "".join(json.dumps({"userId": user}) + "\n" for user in data.users.ids)
    )
    version = _put(
        shop,
        Kind.SOLUTION_VERSION,
        own={"artifact": "artifacts/1"},
        recipeArn=entry.arn,
        datasetGroupArn=OWNER.arn(Kind.DATASET_GROUP, "bench"),
    )
    return _put(
        shop,
        Kind.BATCH_INFERENCE_JOB,
        solutionVersionArn=version,
        numResults=options.results,
        jobInput={"s3DataSource": {"path": (folder / "users.json").as_uri()}},
        jobOutput={"s3DataDestination": {"path": (folder / "out").as_uri() + "/"}},
    )


def _put(shop: Workshop, kind: Kind, own: dict[str, str] | None = None, **sent: object) -> str:
    now = utc_now()
    arn = OWNER.arn(kind, "bench/00000001")
    made = Resource(arn, kind, OWNER, "bench", "ACTIVE", now, now, sent=sent, own=own or {})
    with shop.stores.resources.transaction() as tx:
        shop.stores.resources.add(tx, made)
        if kind is Kind.BATCH_INFERENCE_JOB:
            shop.queue.enqueue(tx, "batch-inference", arn, {})
    return arn


def _measure(shop: Workshop, arn: str, options: argparse.Namespace) -> None:
    job = shop.queue.of(arn)
    assert job is not None
    memory = Memory()
    began, cpu_s = time.monotonic(), _cpu_s()
    shares: list[tuple[float, int]] = []
    with memory:
        Batch(shop).do(
            job, lambda step: shares.append((time.monotonic() - began, step.get("rows", 0)))
        )
    seconds, cpu_s = time.monotonic() - began, _cpu_s() - cpu_s
    first_s = next(at for at, rows in shares if rows)
    out = shop.settings.data_dir / "out" / "users.json.out"
    with out.open("rb") as stream:
        assert sum(1 for _ in stream) == options.users
    per_user_ms = cpu_s / options.users * 1000
    print(
        f"{options.recipe}: {options.users} users, {options.items} items, top "
        f"{options.results}, {options.processes} processes\n"
        f"  {seconds:.1f} s, {options.users / seconds:.0f} users/s; first lines at {first_s:.0f} s"
        f"\n  {cpu_s:.1f} CPU s, {per_user_ms:.3f} CPU ms a user"
        f"\n  peak memory {memory.peak_bytes / 2**20:.0f} MiB"
        f"\n  a million users: {seconds / options.users * 1e6 / 60:.1f} min as measured, "
        f"{per_user_ms * 1e6 / 1000 / 60 / options.processes:.1f} min on {options.processes} "
        "idle cores"
    )


def _cpu_s() -> float:
    own, children = (
        resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    )
    return own.ru_utime + own.ru_stime + children.ru_utime + children.ru_stime


class Memory:
    """Samples what the processes of a job have for themselves."""

    def __init__(self) -> None:
        self.peak_bytes = 0
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._sample)

    def __enter__(self) -> None:
        self._thread.start()

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        self._thread.join()

    def _sample(self) -> None:
        while not self._ended.wait(0.5):
            total = 0
            for child in psutil.Process().children():
                try:
                    total += child.memory_full_info().uss
                except psutil.Error:
                    continue
            self.peak_bytes = max(self.peak_bytes, total)


if __name__ == "__main__":
    main()
