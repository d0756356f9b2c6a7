from pathlib import Path

import pytest

from penchant.data.failures import ImportFailure
from penchant.data.sources import SourceFile, header_of


def test_a_file_of_a_byte_order_mark_alone_names_no_columns(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(b"\xef\xbb\xbf")
    with pytest.raises(ImportFailure, match=r"clicks\.csv: the first line names no columns"):
        header_of(SourceFile(path, "clicks.csv"))
