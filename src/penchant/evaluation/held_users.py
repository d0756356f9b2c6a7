"""Which users are held out of training, to be asked for what is known of them."""

import hashlib
from collections.abc import Sequence

import numpy as np

from penchant.data.training_set import Int64s


def held_users(ids: Sequence[str], n: int, seed: int) -> Int64s:
    """Places of the `n` ids with the smallest hash of (seed, id), ascending.

    So a user who is held out stays so when data grows, whatever the order of the ids.
    """
    seeded = hashlib.blake2b(str(seed).encode() + b"\0", digest_size=8)
    hashes = np.empty(len(ids), np.uint64)
    for place, one in enumerate(ids):
        digest = seeded.copy()
        digest.update(one.encode())
        hashes[place] = int.from_bytes(digest.digest(), "big")
    return np.sort(np.argsort(hashes, kind="stable")[:n])
