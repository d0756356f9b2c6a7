"""A real server on a loopback port, AWS clients at the other end, and examples from the models."""

import inspect
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from typing import Any, ClassVar

import boto3
import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.config import Config
from botocore.credentials import Credentials
from botocore.httpsession import URLLib3Session
from botocore.model import Shape

from penchant.domain.callers import Caller
from penchant.domain.resources import utc_now
from penchant.edge.application import application
from penchant.edge.server import Server, address_of, bind
from penchant.protocol.catalogue import Apis, load_apis
from penchant.service.action_events import ActionEvents
from penchant.service.action_runtime import ActionRuntime
from penchant.service.events import Events
from penchant.service.runtime import Runtime
from penchant.settings import Settings

REGION = "eu-west-1"


@dataclass(frozen=True, slots=True)
class Key:
    """An access key as the edge wants to see it."""

    id: str = "AKIDEXAMPLE"
    secret: str = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"
    account: str = "123456789012"
    session_token: str = ""


class Keys:
    """One access key, and how often it was asked for."""

    def __init__(self, key: Key) -> None:
        self.key: Key | None = key
        self.n_lookups = 0

    def find(self, access_key_id: str) -> Key | None:
        self.n_lookups += 1
        return self.key if self.key and self.key.id == access_key_id else None


@dataclass(frozen=True, slots=True)
class Live:
    """An application that answers at an address."""

    address: str
    key: Key

    def client(self, service: str, **given: Any) -> Any:
        """A boto3 client that sends its requests here, each of them once."""
        options: dict[str, Any] = {
            "region_name": REGION,
            "aws_access_key_id": self.key.id,
            "aws_secret_access_key": self.key.secret,
        }
        config = Config(retries={"total_max_attempts": 1}, **given.pop("config", {}))
        return boto3.Session().client(
            service, endpoint_url=self.address, config=config, **options | given
        )

    def signed(self, path: str, body: str | bytes, target: str = "", **headers: str) -> AWSRequest:
        """A signed POST to one of the three services."""
        request = AWSRequest("POST", f"{self.address}{path}", data=body, headers=headers)
        if target:
            request.headers["X-Amz-Target"] = f"AmazonPersonalize.{target}"
        credentials = Credentials(self.key.id, self.key.secret)
        SigV4Auth(credentials, "personalize", REGION).add_auth(request)
        return request

    def post(self, path: str, body: str | bytes, target: str = "", **headers: str) -> Any:
        """Sign and send a body."""
        return self.send(self.signed(path, body, target, **headers))

    def send(self, request: Any) -> Any:
        """Send a botocore request as it is; the answer has status_code, headers and content."""
        session = URLLib3Session()
        try:
            return session.send(request.prepare())
        finally:
            session.close()


@contextmanager
def run_live(app: Any, key: Key) -> Iterator[Live]:
    """Answer requests in a thread until the block ends."""
    bound = bind("127.0.0.1", 0)
    address = address_of(bound)
    ready = threading.Event()
    server = Server(app, ready.set, grace_s=5)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [bound]})
    thread.start()
    try:
        assert ready.wait(20), "the server did not start"
        yield Live(address, key)
    finally:
        server.should_exit = True
        thread.join(20)
        assert not thread.is_alive()


Handler = Callable[..., Any]


@dataclass
class Recorder:
    """Every operation of the three services, answering what a test has put in.

    Attributes:
        results: What an operation returns, or the exception that it raises; else `{}`.
        calls: The callers and arguments of the operations that were called.
        threads: The names of the threads they were called in.
    """

    results: dict[str, Any] = field(default_factory=dict)
    calls: list[tuple[str, Caller, dict[str, Any]]] = field(default_factory=list)
    threads: list[str] = field(default_factory=list)

    def operations(self, apis: Apis) -> dict[str, Handler]:
        return {op.method_name: self._handler(op.method_name) for op in apis}

    def _handler(self, name: str) -> Handler:
        def handle(caller: Caller, **arguments: Any) -> Any:
            self.calls.append((name, caller, arguments))
            self.threads.append(threading.current_thread().name)
            result = self.results.get(name, {})
            if isinstance(result, Exception):
                raise result
            return result

        async def handle_async(caller: Caller, **arguments: Any) -> Any:
            return handle(caller, **arguments)

        return handle_async if _is_awaited(name) else handle


def _is_awaited(name: str) -> bool:
    """Whether the service's own method is asynchronous."""
    services = (Runtime, ActionRuntime, Events, ActionEvents)
    return any(inspect.iscoroutinefunction(getattr(one, name, None)) for one in services)


@pytest.fixture(scope="session")
def apis() -> Apis:
    return load_apis()


@pytest.fixture(scope="session")
def serve(apis) -> Iterator[Callable[..., Live]]:
    """Start a server: `serve(operations, session_token=, sandbox=, settings=, clock=, routes=)`."""
    with ExitStack() as stack:

        def start(operations, *, session_token="", sandbox=None, settings=None, **options):
            keys = Keys(Key(session_token=session_token))
            options = {"clock": utc_now, "apis": apis} | options
            app = application(operations, keys, sandbox, settings or Settings(), **options)
            return stack.enter_context(run_live(app, keys.key))

        yield start


@pytest.fixture(scope="session")
def session_recorder() -> Recorder:
    return Recorder()


@pytest.fixture(scope="session")
def session_live(serve, session_recorder, apis) -> Live:
    return serve(session_recorder.operations(apis))


@pytest.fixture
def recorder(session_recorder) -> Recorder:
    session_recorder.results.clear()
    session_recorder.calls.clear()
    session_recorder.threads.clear()
    return session_recorder


@pytest.fixture
def echo(session_live, recorder) -> Live:
    """A server whose operations answer what `recorder.results` holds."""
    return session_live


@pytest.fixture(scope="session")
def clients(session_live) -> Callable[[str], Any]:
    """The boto3 clients of the echo server, each made once."""
    made: dict[str, Any] = {}

    def client(service: str) -> Any:
        if service not in made:
            made[service] = session_live.client(service)
        return made[service]

    return client


class Examples:
    """Values that a shape allows, as small as can be or of a wanted length."""

    # the pattern: what a value begins with, what it may go on with, what it ends with
    _BY_PATTERN: ClassVar = {
        r"arn:([a-z\d-]+):personalize:.*:.*:.+": ("arn:aws:personalize:::", "a", ""),
        r"arn:([a-z\d-]+):iam::\d{12}:role/?[a-zA-Z_0-9+=,.@\-_/]+": (
            "arn:aws:iam::123456789012:role/",
            "a",
            "",
        ),
        r"arn:aws.*:kms:.*:[0-9]{12}:key/.*": ("arn:aws:kms::123456789012:key/", "a", ""),
        r"(s3|http|https|file)://.+": ("s3://", "a", ""),
        r"rate\(\d+ days?\)": ("rate(", "1", " days)"),
    }

    def string(self, shape: Shape, length: int | None = None) -> str:
        if "enum" in shape.metadata:
            return str(shape.metadata["enum"][0])
        start, more, end = self._BY_PATTERN.get(shape.metadata.get("pattern", ""), ("", "a", ""))
        fixed = len(start) + len(end)
        n_more = 1 if length is None else length - fixed
        assert n_more >= 0, f"{shape.name} cannot be {length} long"
        return f"{start}{more * n_more}{end}"

    def value(self, shape: Shape, size: int | None = None) -> Any:
        """An example; `size` is the length of a string or the number of entries."""
        kind = shape.type_name
        if kind == "structure":
            return {name: self.value(shape.members[name]) for name in shape.required_members}
        if kind == "list":
            return [
                self.value(shape.member)
                for _ in range(shape.metadata.get("min", 0) if size is None else size)
            ]
        if kind == "map":
            return {self.key(shape.key, n): self.value(shape.value) for n in range(size or 0)}
        if kind == "string":
            return self.string(shape, size)
        if kind == "boolean":
            return True
        if kind == "timestamp":
            return 1_700_000_000
        low = shape.metadata.get("min", 0)
        return low if kind in ("integer", "long") else float(low)

    def key(self, shape: Shape, number: int) -> str:
        if "enum" in shape.metadata:
            return str(shape.metadata["enum"][number])
        return (
            "a" * (number + 1)
            if number < 30
            else f"{'abcdefghij'[number % 10]}{'b' * (number // 10)}"
        )


@pytest.fixture(scope="session")
def examples() -> Examples:
    return Examples()
