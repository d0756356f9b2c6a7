"""The control plane's ledger, for what workers write down by themselves."""

from penchant.custom_recipes import catalogue_of
from penchant.service.ledger import Ledger
from penchant.service.quotas import Quotas
from penchant.worker.tasks import Workshop


def ledger_of(workshop: Workshop) -> Ledger:
    """A ledger over a workshop's stores, under the same quotas as that of the operations."""
    return Ledger(
        workshop.stores.resources,
        workshop.stores.tags,
        workshop.queue,
        workshop.clock,
        catalogue_of(workshop.settings),
        Quotas.read(workshop.settings),
    )
