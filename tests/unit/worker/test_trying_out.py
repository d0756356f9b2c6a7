import pytest

from penchant.worker.tasks import TaskFailure
from penchant.worker.trying_out import try_out


def test_a_damaged_model_is_told_with_the_way_out_and_logged(tmp_path, caplog):
    (tmp_path / "model.json").write_bytes(b'{"a": "\xff')
    text = r"^The model of arn:x is damaged \(.*\); make another\.$"
    with pytest.raises(TaskFailure, match=text):
        try_out(tmp_path, "arn:x", "make another")
    assert "the model of arn:x is damaged" in caplog.text
