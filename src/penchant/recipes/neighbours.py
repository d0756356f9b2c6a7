"""The strongest entries of the rows of a table of similarities."""

from typing import TYPE_CHECKING, Any, Final

import numpy as np

from penchant.data.training_set import Float32s, Int32s, Int64s

if TYPE_CHECKING:
    from scipy import sparse

MOST_NEIGHBOURS: Final = 500
"""The longest list a client may ask for."""


def strongest(others: Int32s, similarities: Float32s, most: int) -> tuple[Int32s, Float32s]:
    """The `most` most similar, best first; equal ones in the order of their indices.

    One sort of 64-bit keys does it: the bits of a positive float32 order like its value.
    """
    bits = ~similarities.view(np.uint32)
    keys = (bits.astype(np.uint64) << np.uint64(32)) | others.astype(np.uint64)
    if len(keys) > most:
        keys = np.partition(keys, most)[:most]
    keys.sort()
    best = (keys & np.uint64(0xFFFFFFFF)).astype(np.int32)
    values = (~(keys >> np.uint64(32)).astype(np.uint32)).view(np.float32)
    return best, values


def strongest_of_rows(
    table: "sparse.csr_array[Any]", most: int = MOST_NEIGHBOURS
) -> tuple[Int64s, Int32s, Float32s]:
    """The strongest entries of every row: offsets (n_rows + 1,), columns and values.

    Values are above 0.
    """
    columns, values = [np.empty(0, np.int32)], [np.empty(0, np.float32)]
    for start, stop in zip(table.indptr[:-1].tolist(), table.indptr[1:].tolist(), strict=True):
        found = table.data[start:stop].astype(np.float32)
        best, kept = strongest(table.indices[start:stop], found, most)
        columns.append(best)
        values.append(kept)
    sizes = [len(of_row) for of_row in columns]
    return np.cumsum(sizes, dtype=np.int64), np.concatenate(columns), np.concatenate(values)
