import numpy as np
import pytest

from penchant.models.arrays import map_array, save_arrays


@pytest.mark.parametrize("shape", [(0,), (3,), (0, 4), (2, 3)])
def test_arrays_of_any_size_come_back(tmp_path, shape):
    array = np.arange(np.prod(shape), dtype=np.int16).reshape(shape)
    save_arrays(tmp_path, x=array)
    back = map_array(tmp_path, "x")
    assert (back.shape, back.dtype) == (array.shape, array.dtype)
    assert (back == array).all()


def test_arrays_of_objects_are_refused(tmp_path):
    with pytest.raises(ValueError, match="allow_pickle"):
        save_arrays(tmp_path, x=np.array([{}, "a"], object))


def test_mapped_arrays_are_plain_and_read_only(tmp_path):
    save_arrays(tmp_path, x=np.arange(3))
    back = map_array(tmp_path, "x")
    assert type(back) is np.ndarray
    assert not back.flags.writeable
