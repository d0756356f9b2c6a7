"""What users did lately, kept with a model for answering."""

from dataclasses import dataclass
from pathlib import Path
from typing import Self

import numpy as np

from penchant.data.queries import History
from penchant.data.training_set import Float32s, Int16s, Int32s, Int64s, TrainingSet
from penchant.models.arrays import map_array, save_arrays


@dataclass(frozen=True)
class Histories:
    """The newest interactions of every user, oldest first, in CSR form.

    User u has the rows `offsets[u]:offsets[u + 1]` of the other arrays.
    """

    offsets: Int64s
    items: Int32s
    timestamps: Int64s
    event_types: Int16s
    event_values: Float32s

    @classmethod
    def newest_of(cls, training_set: TrainingSet, max_history: int) -> Self:
        """The newest `max_history` rows of every user."""
        stops = training_set.offsets()[1:]
        to_end = stops[training_set.user_indices] - np.arange(training_set.n_rows)
        kept = training_set.subset(to_end <= max_history)
        return cls(
            kept.offsets(),
            kept.item_indices,
            kept.timestamps,
            kept.event_types,
            kept.event_values,
        )

    def of(self, user_index: int) -> History:
        """One user's history; empty for an unknown user (-1)."""
        if not 0 <= user_index < len(self.offsets) - 1:
            return History.empty()
        rows = slice(int(self.offsets[user_index]), int(self.offsets[user_index + 1]))
        return History(
            self.items[rows],
            self.timestamps[rows],
            self.event_types[rows],
            self.event_values[rows],
        )

    def save(self, folder: Path) -> None:
        """Write the five arrays."""
        save_arrays(folder, **vars(self))

    @classmethod
    def load(cls, folder: Path) -> Self:
        """Read what `save` wrote, memory-mapped."""
        return cls(**{name: map_array(folder, name) for name in cls.__dataclass_fields__})
