"""What a training learned of metadata and of actions in general, so that new ones can join."""

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Self

import numpy as np

from penchant.data.training_set import Features, Float32s
from penchant.models.arrays import map_array, save_arrays
from penchant.models.coding import Coding, sums_of

_ARRAYS: Final = ("users", "actions", "shared", "done")


@dataclass(frozen=True)
class ActionTables:
    """Tables by which users and actions get their vectors.

    Attributes:
        users: A vector per value of the users' metadata, (n_codes, dim).
        actions: The same of the actions, with a bias as the last number.
        shared: What all actions have in common, (dim + 1,).
        done: How what was done about an action bears on it, if it is like others, (N_DONE,).
        user_coding, action_coding: How metadata is read.
    """

    users: Float32s
    actions: Float32s
    shared: Float32s
    done: Float32s
    user_coding: Coding = field(default_factory=Coding)
    action_coding: Coding = field(default_factory=Coding)

    def user_vectors(self, features: Features, n_users: int) -> Float32s:
        """Vectors of users, (n_users, dim); no columns where metadata taught nothing."""
        if self.user_coding.n_codes < 2:
            return np.zeros((0, 0), np.float32)
        return sums_of(self.users, self.user_coding.codes_of_rows(features, n_users))

    def action_rows(self, features: Features, n_actions: int) -> Float32s:
        """Vectors and biases of actions without a part of their own, (n_actions, dim + 1)."""
        codes = self.action_coding.codes_of_rows(features, n_actions)
        return np.asarray(self.shared + sums_of(self.actions, codes), np.float32)

    def save(self, folder: Path) -> None:
        """Write the arrays and the codings."""
        save_arrays(folder, **{name: getattr(self, name) for name in _ARRAYS})
        codings = [self.user_coding.description, self.action_coding.description]
        (folder / "codings.json").write_text(json.dumps(codings), encoding="utf-8")

    @classmethod
    def load(cls, folder: Path) -> Self:
        """Read what `save` wrote."""
        codings = json.loads((folder / "codings.json").read_text(encoding="utf-8"))
        return cls(
            **{name: map_array(folder, name) for name in _ARRAYS},
            user_coding=Coding.read(codings[0]),
            action_coding=Coding.read(codings[1]),
        )
