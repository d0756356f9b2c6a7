"""What tests of several rooms run on, and what watches over all of their answers."""

from collections.abc import Iterator

import pytest
from botocore import handlers

from penchant.protocol.catalogue import Operation, load_apis

from .answers import check_bytes, checked, operation_classes


class Witness:
    """Sees every answer that a boto3 client of this process gets from the three services.

    Attributes:
        item: The test that runs.
        errors_may_be_any: Whether errors that the model does not list are let through.
    """

    def __init__(self) -> None:
        self.item: pytest.Item | None = None
        self.errors_may_be_any = False
        self._operations: dict[tuple[str, str], Operation] = {}

    def see(self, operation_model, response_dict, **_):
        """Check an answer before the client reads it, and note that this test has met it."""
        service = operation_model.service_model.service_name
        if not service.startswith("personalize"):
            return
        if not self._operations:
            self._operations = {(one.service, one.name): one for one in load_apis()}
        operation = self._operations[service, operation_model.name]
        status, body = response_dict["status_code"], response_dict["body"]
        if status >= 300 and self.errors_may_be_any:
            return
        error = check_bytes(operation, status, response_dict["headers"], body)
        self.note("boto3", operation.name, error or "answer")

    def note(self, client: str, operation: str, outcome: str) -> None:
        """Keep with the running test what it has met; reports carry it."""
        met = (f"met by {client}", f"{operation} {outcome}")
        if self.item is not None and met not in self.item.user_properties:
            self.item.user_properties.append(met)


WITNESS = pytest.StashKey[Witness]()


def pytest_configure(config: pytest.Config) -> None:
    witness = config.stash[WITNESS] = Witness()
    handlers.BUILTIN_HANDLERS.append(("before-parse", witness.see))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item, nextitem: pytest.Item | None):
    item.config.stash[WITNESS].item = item
    try:
        return (yield)
    finally:
        item.config.stash[WITNESS].item = None


@pytest.fixture
def witness(request: pytest.FixtureRequest) -> Witness:
    """Takes notes of what the test meets by other clients than boto3."""
    return request.config.stash[WITNESS]


@pytest.fixture
def any_error(witness: Witness) -> Iterator[None]:
    """Lets errors through that the operation's model does not list."""
    witness.errors_may_be_any = True
    yield
    witness.errors_may_be_any = False


@pytest.fixture(scope="session")
def checked_results() -> Iterator[None]:
    """Has every operation of the services fail whose result is not what its model says."""
    operations = {operation.method_name: operation for operation in load_apis()}
    with pytest.MonkeyPatch.context() as patch:
        for desk in operation_classes():
            for name in vars(desk).keys() & operations.keys():
                patch.setattr(desk, name, checked(operations[name], vars(desk)[name]))
        yield


@pytest.fixture(scope="module")
def one_thread():
    """Torch on one thread: small steps gain nothing from more, and lose much on a busy machine."""
    torch = pytest.importorskip("torch")
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)
