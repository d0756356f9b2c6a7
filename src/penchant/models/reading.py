"""How a model reads what is told beside interactions: metadata, and contexts of moments."""

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Self

from penchant.models.attributes import AttributeCoding
from penchant.models.coding import Coding

_CONTEXTS: Final = "contexts.json"


@dataclass(frozen=True)
class Reading:
    """What training learned of columns, kept so that all that comes later is read alike.

    Attributes:
        items: Of the items' metadata.
        users: Of the users' metadata.
        contexts: Of what is told of the moment of a request.
    """

    items: AttributeCoding = field(default_factory=AttributeCoding)
    users: AttributeCoding = field(default_factory=AttributeCoding)
    contexts: Coding = field(default_factory=Coding)

    def save(self, folder: Path) -> None:
        """Write it below `folder`, which exists."""
        for name, coding in (("items", self.items), ("users", self.users)):
            (folder / name).mkdir()
            coding.save(folder / name)
        text = json.dumps(self.contexts.description)
        (folder / _CONTEXTS).write_text(text, encoding="utf-8")

    @classmethod
    def load(cls, folder: Path) -> Self:
        """Read what `save` wrote."""
        contexts = json.loads((folder / _CONTEXTS).read_text(encoding="utf-8"))
        return cls(
            AttributeCoding.load(folder / "items"),
            AttributeCoding.load(folder / "users"),
            Coding.read(contexts),
        )
