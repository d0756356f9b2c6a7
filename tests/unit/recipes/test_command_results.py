import numpy as np
import pytest

from penchant.data.queries import Query
from penchant.models.factors import FactorsModel
from penchant.models.sims import SimsModel
from penchant.recipes.checks import example_rows
from penchant.recipes.command_results import collect

ROWS = example_rows()


def left(tmp_path, **files):
    for name, text in files.items():
        (tmp_path / f"{name}.csv").write_text(text)
    return collect(tmp_path, ROWS, "shop")


def test_vectors_of_items_and_users_make_factors(tmp_path):
    model = left(
        tmp_path,
        item_vectors="item_id,a,b\ni1,1,0\ni2,0,1\nunknown,5,5\n",
        user_vectors="user_id,a,b\nu4,0.25,0.75\n",
    )
    assert isinstance(model.inner, FactorsModel)
    scores = model.score([Query(user_index=4)])[0]
    assert scores[[1, 2]].tolist() == [0.25, 0.75]
    assert scores[[0, 3]].max() < 0.25


def test_a_column_named_bias_is_added(tmp_path):
    model = left(tmp_path, item_vectors="item_id,a,bias,b\ni1,1,3,0\ni2,0,-1,1\n")
    assert model.score([Query()])[0][[1, 2]].tolist() == [3, -1]


def test_vectors_may_be_arrays(tmp_path):
    np.savez(
        tmp_path / "item_vectors.npz",
        ids=np.array(["i1", "i2"]),
        vectors=np.eye(2),
        bias=np.array([0.5, 0.25]),
    )
    model = collect(tmp_path, ROWS, "shop")
    assert model.score([Query()])[0][[1, 2]].tolist() == [0.5, 0.25]


def test_arrays_of_a_wrong_shape_are_refused(tmp_path):
    np.savez(tmp_path / "item_vectors.npz", ids=np.array(["i1"]), vectors=np.eye(2))
    with pytest.raises(ValueError, match=r"vectors are of shape \(2, 2\); give \(1, dim\), finite"):
        collect(tmp_path, ROWS, "shop")


def test_scores_are_the_same_for_everybody_and_others_follow_by_popularity(tmp_path):
    model = left(tmp_path, item_scores="item_id,score\ni20,-3\ni7,-4\n")
    order = np.argsort(-model.score([Query(user_index=3)])[0]).tolist()
    assert order[:2] == [20, 7]
    counts = np.bincount(ROWS.item_indices, minlength=30)
    assert counts[order[2]] >= counts[order[-1]]


def test_neighbours_make_related_items(tmp_path):
    model = left(
        tmp_path, neighbours="item_id,related_id,score\ni1,i2,-5\ni1,i9,7\ni3,i3,9\nx,i1,1\n"
    )
    assert isinstance(model.inner, SimsModel)
    assert np.argsort(-model.score([Query(item_index=1)])[0]).tolist()[:2] == [9, 2]


def test_a_file_may_begin_with_a_byte_order_mark_and_hold_odd_ids(tmp_path):
    model = left(tmp_path, item_scores='\ufeffITEM_ID,score\n"i5",1\n')
    assert int(model.score([Query()])[0].argmax()) == 5


@pytest.mark.parametrize(
    ("files", "text"),
    [
        ({}, "leave one of item_vectors.csv .* there is nothing"),
        (
            {"item_scores": "item_id,score\ni1,1\n", "neighbours": "a"},
            "there is item_scores.csv, neighbours.csv",
        ),
        ({"item_scores": "item_id,score\n"}, "item_scores.csv: it holds nothing"),
        ({"item_scores": "id,score\ni1,1\n"}, "the first column is 'id'; begin with a row of"),
        ({"item_scores": "item_id,a,b\ni1,1,2\n"}, "the columns item_id, a, b; give item_id and 1"),
        ({"item_scores": "item_id,a\ni1,x\n"}, "could not convert string to float: 'x'"),
        ({"item_scores": "item_id,a\ni1,nan\n"}, "holds a number that is not finite"),
        ({"item_vectors": "item_id,a\ni1,-3e38\n"}, "holds the number -3e.38; give at most 1e.15"),
        ({"item_scores": "item_id,a\n" + "x" * 200_000}, "item_scores.csv: field larger than"),
        ({"item_scores": "item_id,a\ni1,1,2\n"}, "row 2 has 3 values, the first row 2"),
        ({"item_scores": "item_id,a\nx,1\n"}, "none of its ids, such as 'x', is in the training"),
        (
            {"item_vectors": "item_id,a\ni1,1\n", "user_vectors": "user_id,a,b\nu1,1,2\n"},
            "users have vectors of 2 numbers, items of 1",
        ),
        (
            {"item_vectors": "item_id,a\ni1,1\n", "user_vectors": "user_id,a\n"},
            r"user_vectors\.csv beside it: it holds nothing",
        ),
        ({"neighbours": "item_id,related_id,score\ni1,i2\n"}, "an item_id, a related_id and a"),
        ({"neighbours": "item_id,related_id,score\ni1,i1,2\n"}, "no row names two different items"),
    ],
)
def test_what_cannot_be_answered_from_is_told(tmp_path, files, text):
    with pytest.raises(ValueError, match=text):
        left(tmp_path, **files)


@pytest.mark.parametrize(
    ("content", "text"),
    [
        (b"", "is no file of numpy.savez"),
        (b"PK\x03\x04rubbish", "is no file of numpy.savez"),
        (b"rubbish", "is no file of numpy.savez"),
    ],
)
def test_a_file_that_is_no_archive_of_arrays_is_refused(tmp_path, content, text):
    (tmp_path / "item_vectors.npz").write_bytes(content)
    with pytest.raises(ValueError, match=text):
        collect(tmp_path, ROWS, "shop")


def test_a_single_array_is_no_archive(tmp_path):
    with (tmp_path / "item_vectors.npz").open("wb") as file:
        np.save(file, np.eye(2))
    with pytest.raises(ValueError, match="is no file of numpy"):
        collect(tmp_path, ROWS, "shop")


def test_a_damaged_archive_is_refused(tmp_path):
    path = tmp_path / "item_vectors.npz"
    np.savez_compressed(path, ids=np.array(["i1"] * 100), vectors=np.random.rand(100, 8))  # noqa: NPY002
    content = bytearray(path.read_bytes())
    content[100:140] = bytes(40)
    path.write_bytes(bytes(content))
    with pytest.raises(ValueError, match="is no file of numpy"):
        collect(tmp_path, ROWS, "shop")


def test_arrays_that_are_missing_or_too_large_are_refused(tmp_path):
    np.savez(tmp_path / "item_vectors.npz", vectors=np.eye(2))
    with pytest.raises(ValueError, match="holds no array ids; it has vectors"):
        collect(tmp_path, ROWS, "shop")
    np.savez(tmp_path / "item_vectors.npz", ids=np.array(["i1"]), vectors=np.array([[3e38]]))
    with pytest.raises(ValueError, match=r"holds the number 3e\+38; give at most 1e\+15"):
        collect(tmp_path, ROWS, "shop")
    np.savez(tmp_path / "item_vectors.npz", ids=np.array(["i1"]), vectors=np.eye(1), bias=np.eye(2))
    with pytest.raises(ValueError, match=r"bias is of shape \(2, 2\); give \(1,\)"):
        collect(tmp_path, ROWS, "shop")
