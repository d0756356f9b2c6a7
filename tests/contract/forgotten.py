"""An artifact and the same without some of its users, whatever family it is of."""

from dataclasses import dataclass

import numpy as np

from penchant.data.vocabulary import UNKNOWN
from penchant.models.artifacts import Artifact, read_artifact
from penchant.models.forgetting import forget

from .fitted import artifact_of

GONE = ("u0", "u7", "u38")


@dataclass(frozen=True)
class Pair:
    """What was written, and what is left of it."""

    whole: Artifact
    left: Artifact

    def kept(self):
        """Pairs of indices, before and after, of the users who stay."""
        names = [name for name in self.whole.users if name not in GONE]
        return [(self.whole.users.index(name), self.left.users.index(name)) for name in names]


def without(folder, model, family, training_set):
    """Write an artifact, forget `GONE`, and check all that does not depend on the family."""
    whole = artifact_of(folder / "whole", model, family, training_set)
    assert forget(folder / "whole", folder / "left", [*GONE, "nobody"]) == len(GONE)
    left = read_artifact(folder / "left")
    pair = Pair(whole, left)
    assert [left.users.index(name) for name in GONE] == [UNKNOWN] * len(GONE)
    assert left.meta["nUsers"] == len(left.users) == len(whole.users) - len(GONE)
    for before, after in pair.kept():
        assert whole.histories.of(before).items.tolist() == left.histories.of(after).items.tolist()
    assert misaligned(pair) == []
    return pair


def misaligned(pair):
    """Arrays that keep rows of users who are gone, or lost what is not of users."""
    n_users = len(pair.whole.users)
    aligned = {n_users: 0, n_users + 1: 1}
    wrong = []
    for path in pair.whole.folder.rglob("*.npy"):
        name = path.relative_to(pair.whole.folder)
        before, after = np.load(path), np.load(pair.left.folder / name)
        if len(before) in aligned:
            if len(after) != len(pair.left.users) + aligned[len(before)]:
                wrong.append((str(name), before.shape, after.shape))
        elif before.shape[1:] != after.shape[1:]:
            wrong.append((str(name), before.shape, after.shape))
    return wrong
