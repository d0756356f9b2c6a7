"""Put records give way to imported ones of the same ids that are newer."""

from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import Connection

from penchant.data.engine import open_engine
from penchant.data.records import those_in
from penchant.data.rules import rules_of
from penchant.domain.datasets import FULL, type_of
from penchant.domain.resources import Resource
from penchant.worker.scratch import scratch_of
from penchant.worker.tasks import Workshop


def outdating(
    shop: Workshop, job: Resource, dataset: Resource, part: Path
) -> Callable[[Connection], None]:
    """What lets an import's records count, in the transaction that publishes its part.

    Records of its ids that were put before the import was asked for are outdated then. Those that
    parts outdated which a FULL import takes away count again.
    """
    until, records = job.created_at, shop.stores.records
    ids = _ids_in(shop, dataset, part, records.ids(dataset.arn, until=until))

    def outdate(tx: Connection) -> None:
        if job.sent["importMode"] == FULL:
            records.revive(tx, dataset.arn)
        records.outdate(tx, dataset.arn, ids, until=until)

    return outdate


def _ids_in(shop: Workshop, dataset: Resource, part: Path, put: list[str]) -> list[str]:
    if not put:
        return []
    key, settings = rules_of(type_of(dataset)).keys[0], shop.settings
    with (
        TemporaryDirectory(dir=scratch_of(settings.data_dir)) as spill,
        open_engine(settings.import_memory_bytes, settings.import_threads, Path(spill)) as engine,
    ):
        return those_in(engine, part, key, put)
