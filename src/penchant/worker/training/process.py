"""A training in a process of its own: one order in, a message per step out.

An order is `{"do": ..., "version_arn": ..., "folder": ...}`: what to do, for which solution
version, and where the artifact goes. Messages are `{"step": {...}}` while it learns, then one of
`{"result": {...}}` and `{"failure": "..."}`.
"""

from typing import Final

from penchant.settings import Settings
from penchant.store.stores import Stores
from penchant.worker.child_main import Hear, Tell, carry_out
from penchant.worker.renewal.making import renew
from penchant.worker.training.learning import learn

_ORDERS: Final = {"learn": learn, "renew": renew}


def train(stores: Stores, settings: Settings, hear: Hear, tell: Tell) -> None:
    """Carry out one order."""
    order = hear()
    result = _ORDERS[order["do"]](
        stores,
        settings,
        order["version_arn"],
        order["folder"],
        lambda step: tell({"step": step}),
    )
    tell({"result": result})


if __name__ == "__main__":
    carry_out(train)
