"""What tests of several rooms run on."""

import pytest


@pytest.fixture(scope="module")
def one_thread():
    """Torch on one thread: small steps gain nothing from more, and lose much on a busy machine."""
    torch = pytest.importorskip("torch")
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)
