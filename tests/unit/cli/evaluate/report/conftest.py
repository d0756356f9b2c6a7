import pytest

from ....evaluation import judged


@pytest.fixture(scope="session")
def report():
    return judged.report()
