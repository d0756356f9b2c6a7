"""The strongest entries of rows."""

import numpy as np
from scipy import sparse

from penchant.recipes.neighbours import strongest, strongest_of_rows


def test_the_best_come_first_and_equal_ones_by_index():
    others = np.array([7, 3, 5, 1], np.int32)
    values = np.array([0.5, 2.0, 0.5, 1.0], np.float32)
    best, kept = strongest(others, values, 3)
    assert best.tolist() == [3, 1, 5]
    assert kept.tolist() == [2.0, 1.0, 0.5]


def test_every_row_keeps_its_own_strongest():
    table = sparse.csr_array(np.array([[0, 3, 1, 2], [0, 0, 0, 0], [4, 0, 0, 5.0]], np.float32))
    offsets, columns, values = strongest_of_rows(table, 2)
    assert offsets.tolist() == [0, 2, 2, 4]
    assert columns.tolist() == [1, 3, 3, 0]
    assert values.tolist() == [3, 2, 5, 4]
