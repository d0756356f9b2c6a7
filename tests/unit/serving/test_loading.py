import threading
from pathlib import Path

import pytest

from penchant.serving.loading import Artifacts

FOLDER = Path("/data/artifacts/1")


@pytest.fixture
def reads():
    return []


@pytest.fixture
def artifacts(small_artifact, reads):
    def read(folder):
        reads.append(folder)
        if folder.name == "broken":
            raise ValueError("format 9 is not known")
        return small_artifact

    made = Artifacts(read)
    yield made
    made.close()


def test_a_folder_is_read_once(artifacts, reads, small_artifact):
    assert [artifacts.load(FOLDER).result() for _ in range(3)] == [small_artifact] * 3
    assert reads == [FOLDER]


def test_a_folder_is_read_in_a_thread_of_its_own(small_artifact):
    names = []
    artifacts = Artifacts(lambda _: names.append(threading.current_thread().name) or small_artifact)
    artifacts.load(FOLDER).result()
    artifacts.close()
    assert names[0].startswith("artifact")


def test_an_artifact_has_answered_a_question_before_it_is_used(small_artifact):
    asked = []

    class Asked(type(small_artifact.model)):
        def score(self, queries):
            asked.append(len(queries))
            return super().score(queries)

    model = Asked(small_artifact.items, small_artifact.model.follows)
    artifacts = Artifacts(
        lambda _: type(small_artifact)(**{**vars(small_artifact), "model": model})
    )
    artifacts.load(FOLDER).result()
    artifacts.close()
    assert asked == [1]


def test_a_failure_is_logged_and_not_remembered(artifacts, reads, caplog):
    broken = FOLDER.with_name("broken")
    for _ in range(2):
        with pytest.raises(ValueError, match="format 9 is not known"):
            artifacts.load(broken).result()
    artifacts.close()
    assert reads == [broken, broken]
    assert "the artifact /data/artifacts/broken cannot be read" in caplog.text


def test_what_is_not_kept_is_read_again(artifacts, reads):
    artifacts.load(FOLDER).result()
    artifacts.keep_only({FOLDER})
    artifacts.load(FOLDER).result()
    artifacts.keep_only(set())
    artifacts.load(FOLDER).result()
    assert reads == [FOLDER, FOLDER]
