import pytest

from penchant.worker.batch.folder import BatchFolder, Part, cut


@pytest.mark.parametrize(
    ("text", "spans"),
    [
        (b"", []),
        (b"a\n", [(0, 2, 1)]),
        (b"a\nb\n", [(0, 4, 2)]),
        (b"a\nb\nccc", [(0, 4, 2), (4, 7, 1)]),
        (b"\n\n\n", [(0, 2, 2), (2, 3, 1)]),
    ],
)
def test_a_file_is_cut_after_so_many_lines(tmp_path, text, spans):
    path = tmp_path / "users.json"
    path.write_bytes(text)
    parts = cut(path, 3, 2)
    assert [(part.start, part.stop, part.n_lines) for part in parts] == spans
    assert [(part.file, part.number) for part in parts] == [(3, n) for n in range(len(spans))]


@pytest.fixture
def source(tmp_path):
    path = tmp_path / "users.json"
    path.write_bytes(b"a\nb\nc\nd\ne")
    return path


def begun(folder, source):
    return folder.begin(["users.json"], lambda file, into: source, 2)


def test_a_plan_is_found_again_by_who_takes_over(tmp_path, source):
    folder = BatchFolder(tmp_path / "1")
    assert folder.plan() is None
    plan = begun(folder, source)
    assert BatchFolder(tmp_path / "1").plan() == plan
    assert (plan.n_lines, len(plan.parts)) == (5, 3)


def test_what_was_begun_before_there_was_a_plan_is_begun_anew(tmp_path, source):
    folder = BatchFolder(tmp_path / "1")
    begun(folder, source)
    folder.keep(Part(0, 0, 0, 4, 2), iter([b"old"]))
    (folder.root / "plan.json").unlink()
    begun(folder, source)
    assert not folder.output(Part(0, 0, 0, 4, 2)).exists()


def test_the_parts_hold_every_line_once_and_are_delivered_in_order(tmp_path, source):
    folder = BatchFolder(tmp_path / "1")
    plan = begun(folder, source)
    source.write_bytes(b"changed meanwhile")
    for part in reversed(plan.parts):
        folder.keep(part, (line.strip().upper() + b"\n" for line in folder.lines(part)))
    with (tmp_path / "out").open("wb") as stream:
        folder.deliver(plan, 0, stream)
    assert (tmp_path / "out").read_bytes() == b"A\nB\nC\nD\nE\n"


def test_answers_that_break_off_leave_no_part(tmp_path, source):
    folder = BatchFolder(tmp_path / "1")
    part = begun(folder, source).parts[0]

    def answers():
        yield b"a\n"
        raise ValueError("broken")

    with pytest.raises(ValueError, match="broken"):
        folder.keep(part, answers())
    assert list((folder.root / "out").iterdir()) == []


def test_what_was_fetched_for_the_job_is_moved_not_copied(tmp_path, source):
    folder = BatchFolder(tmp_path / "1")

    def fetch(file, into):
        into.mkdir()
        return source.rename(into / "users.json")

    folder.begin(["users.json"], fetch, 2)
    assert folder.input(0).read_bytes() == b"a\nb\nc\nd\ne"
    assert not list(folder.root.glob("fetched-0/*"))
