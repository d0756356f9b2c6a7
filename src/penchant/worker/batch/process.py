"""A process that answers parts of a batch job: an order and parts in, a message per part out.

The order is `{"job_arn": ..., "folder": ..., "artifact": ..., "moment": ...}`: the job, its folder
(`worker.batch.folder`) and the artifact to answer from, both relative to the data folder, and the
moment of asking. Each further message in is a part; for each `{"part": {...}}` comes out when it is
answered, or `{"failure": "..."}`, and the process ends.
"""

from dataclasses import asdict

from penchant.settings import Settings
from penchant.store.stores import Stores
from penchant.worker.batch.answering import answerer
from penchant.worker.batch.folder import BatchFolder, Part
from penchant.worker.batch.lines import answered
from penchant.worker.child_main import Hear, Tell, carry_out


def answer_parts(stores: Stores, settings: Settings, hear: Hear, tell: Tell) -> None:
    """Answer part after part, until the worker has no more and ends the process."""
    order = hear()
    folder = BatchFolder(settings.data_dir / order["folder"])
    found = answerer(stores, settings, order["job_arn"], order["artifact"], order["moment"])
    while True:
        part = Part(**hear())
        folder.keep(part, answered(folder.lines(part), found))
        tell({"part": asdict(part)})


if __name__ == "__main__":
    carry_out(answer_parts)
