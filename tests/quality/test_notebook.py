import numpy as np

from .notebook import ndcg_of_found


def test_the_notebooks_ndcg_is_ideal_for_hits_found_inside_the_list():
    hits = np.zeros((2, 25), bool)
    hits[0, 1] = hits[1, 0] = True
    hits[1, 24] = True
    found = ndcg_of_found(hits, 10)
    assert found[0] == 1.0  # ranks 1 and 2 weigh the same there
    assert found[1] == 0.5
    assert ndcg_of_found(np.zeros((1, 25), bool), 10).tolist() == [0.0]
