"""Load one API process with signed requests: requests a second, latencies, memory.

    python bench/load.py                      # everything below a temporary folder
    python bench/load.py --items 10000 --seconds 15 --connections 8

Sets up an installation with a synthetic catalogue, trains aws-user-personalization, ends the
worker, and then sends signed requests over kept-alive connections from this second process. All
requests are signed beforehand, so that the generator costs little beside the server.
"""

import argparse
import asyncio
import itertools
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from configparser import ConfigParser
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import boto3
import numpy as np
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

REGION = "us-east-1"
SCHEMA = json.dumps(
    {
        "type": "record",
        "name": "Interactions",
        "namespace": "com.amazonaws.personalize.schema",
        "fields": [
            {"name": "USER_ID", "type": "string"},
            {"name": "ITEM_ID", "type": "string"},
            {"name": "TIMESTAMP", "type": "long"},
        ],
        "version": "1.0",
    }
)


@dataclass(frozen=True)
class Figures:
    """What one load showed; latencies in ms."""

    n_requests: int
    seconds: float
    p50_ms: float
    p99_ms: float

    def __str__(self) -> str:
        rate = self.n_requests / self.seconds
        return f"{rate:7.0f} requests/s   p50 {self.p50_ms:6.2f} ms   p99 {self.p99_ms:6.2f} ms"


def main() -> None:
    options = _options()
    with tempfile.TemporaryDirectory() as scratch, _server(Path(scratch)) as (address, process):
        key = _key(Path(scratch))
        campaign, tracking_id = _set_up(Path(scratch), address, key, options)
        print(f"{options.items} items, {options.connections} connections, {options.seconds} s each")
        reads = [_recommend(campaign, f"u{n % options.users}") for n in range(2000)]
        writes = [_put(tracking_id, n, options) for n in range(2000)]
        for name, path, bodies in (
            ("GetRecommendations", "/recommendations", reads),
            ("PutEvents (10 each) ", "/events", writes),
            ("GetRecommendations after events", "/recommendations", reads),
        ):
            requests = [_signed(address, path, body, key) for body in bodies]
            asyncio.run(_load(address, requests, options.warm_s, options.connections))
            before_s = _cpu_s(process.pid)
            figures = asyncio.run(_load(address, requests, options.seconds, options.connections))
            cpu_ms = (_cpu_s(process.pid) - before_s) / figures.n_requests * 1000
            print(f"{name:32} {figures}   server CPU {cpu_ms:.2f} ms")
        _print_process(process.pid)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--items", type=int, default=10_000)
    parser.add_argument("--users", type=int, default=5_000)
    parser.add_argument("--connections", type=int, default=8)
    parser.add_argument("--seconds", type=float, default=10)
    parser.add_argument("--warm-s", type=float, default=5, help="not counted")
    parser.add_argument("--recipe", default="aws-user-personalization")
    return parser.parse_args()


@contextmanager
def _server(folder: Path) -> Iterator[tuple[str, "subprocess.Popen[str]"]]:
    process = _start("serve", folder, "--port", "0")
    try:
        assert process.stdout is not None
        line = next(line for line in process.stdout if "http://" in line)
        yield line[line.index("http://") :].strip(), process
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait()


def _start(command: str, folder: Path, *words: str) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-m", "penchant", command, "--data", str(folder / "data"), *words],
        stdout=subprocess.PIPE,
        stderr=(folder / f"{command}.log").open("w"),
        text=True,
        env={**os.environ, "PENCHANT_LOG_LEVEL": "WARNING"},
    )


def _key(folder: Path) -> dict[str, str]:
    parser = ConfigParser()
    parser.read(folder / "data" / "credentials")
    return dict(parser["default"])


def _set_up(
    folder: Path, address: str, key: dict[str, str], options: argparse.Namespace
) -> tuple[str, str]:
    def client(service: str) -> Any:
        return boto3.client(service, endpoint_url=address, region_name=REGION, **key)

    s3, personalize = client("s3"), client("personalize")
    s3.create_bucket(Bucket="load")
    s3.put_object(Bucket="load", Key="plays.csv", Body=_interactions(options))
    schema = personalize.create_schema(name="load", schema=SCHEMA)["schemaArn"]
    group = personalize.create_dataset_group(name="load")["datasetGroupArn"]
    dataset = personalize.create_dataset(
        name="load", schemaArn=schema, datasetGroupArn=group, datasetType="Interactions"
    )["datasetArn"]
    tracker = personalize.create_event_tracker(name="load", datasetGroupArn=group)
    worker = _start("work", folder)
    try:
        job = personalize.create_dataset_import_job(
            jobName="load", datasetArn=dataset, dataSource={"dataLocation": "s3://load/plays.csv"}
        )["datasetImportJobArn"]
        _wait(
            lambda: personalize.describe_dataset_import_job(datasetImportJobArn=job)[
                "datasetImportJob"
            ]
        )
        solution = personalize.create_solution(
            name="load",
            datasetGroupArn=group,
            recipeArn=f"arn:aws:personalize:::recipe/{options.recipe}",
        )["solutionArn"]
        version = personalize.create_solution_version(solutionArn=solution)["solutionVersionArn"]
        _wait(
            lambda: personalize.describe_solution_version(solutionVersionArn=version)[
                "solutionVersion"
            ]
        )
        campaign = personalize.create_campaign(name="load", solutionVersionArn=version)[
            "campaignArn"
        ]
        _wait(lambda: personalize.describe_campaign(campaignArn=campaign)["campaign"])
    finally:
        worker.send_signal(signal.SIGTERM)
        worker.wait()
    return campaign, tracker["trackingId"]


def _interactions(options: argparse.Namespace) -> bytes:
    """Zipf-distributed items, 30 a user, every item at least once."""
    numbers = np.random.default_rng(0)
    n_rows = options.users * 30
    popular = (numbers.zipf(1.3, n_rows) - 1) % options.items
    popular[: options.items] = np.arange(options.items)
    numbers.shuffle(popular)
    rows = (f"u{row // 30},i{item},{1_700_000_000 + row}" for row, item in enumerate(popular))
    return ("USER_ID,ITEM_ID,TIMESTAMP\n" + "\n".join(rows) + "\n").encode()


def _wait(describe: Any) -> None:
    while (found := describe())["status"] != "ACTIVE":
        if found["status"] == "CREATE FAILED":
            raise SystemExit(found["failureReason"])
        time.sleep(0.3)


def _recommend(campaign: str, user: str) -> dict[str, Any]:
    return {"campaignArn": campaign, "userId": user, "numResults": 25}


def _put(tracking_id: str, number: int, options: argparse.Namespace) -> dict[str, Any]:
    now = int(time.time())
    return {
        "trackingId": tracking_id,
        "userId": f"u{number % options.users}",
        "sessionId": f"s{number}",
        "eventList": [
            {
                "eventType": "watch",
                "itemId": f"i{(7 * number + n) % options.items}",
                "sentAt": now - 10 + n,
            }
            for n in range(10)
        ],
    }


def _signed(address: str, path: str, body: dict[str, Any], key: dict[str, str]) -> bytes:
    """A whole HTTP request, signed, as it goes over the wire."""
    payload = json.dumps(body).encode()
    request = AWSRequest(
        method="POST",
        url=address + path,
        data=payload,
        headers={"Content-Type": "application/json", "Host": urlsplit(address).netloc},
    )
    credentials = Credentials(key["aws_access_key_id"], key["aws_secret_access_key"])
    SigV4Auth(credentials, "personalize", REGION).add_auth(request)
    headers = "".join(f"{name}: {value}\r\n" for name, value in request.headers.items())
    return (
        f"POST {path} HTTP/1.1\r\n{headers}Content-Length: {len(payload)}\r\n\r\n".encode()
        + payload
    )


async def _load(address: str, requests: list[bytes], seconds: float, n_connections: int) -> Figures:
    parts = urlsplit(address)
    latencies: list[float] = []
    turns = itertools.cycle(requests)
    start = time.perf_counter()
    deadline = start + seconds

    async def one() -> None:
        reader, writer = await asyncio.open_connection(parts.hostname, parts.port)
        while (began := time.perf_counter()) < deadline:
            writer.write(next(turns))
            await _answer(reader)
            latencies.append(time.perf_counter() - began)
        writer.close()

    await asyncio.gather(*(one() for _ in range(n_connections)))
    p50, p99 = np.percentile(latencies, [50, 99]) * 1000
    return Figures(len(latencies), time.perf_counter() - start, float(p50), float(p99))


async def _answer(reader: asyncio.StreamReader) -> None:
    head = (await reader.readuntil(b"\r\n\r\n")).lower()
    length = int(head.split(b"content-length:", 1)[1].split(b"\r\n", 1)[0])
    body = await reader.readexactly(length)
    if b" 200 " not in head.split(b"\r\n", 1)[0]:
        raise SystemExit(f"{head.decode()}{body.decode()}")


def _cpu_s(pid: int) -> float:
    times = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(times[11]) + int(times[12])) / os.sysconf("SC_CLK_TCK")


def _print_process(pid: int) -> None:
    status = dict(
        line.split(":", 1) for line in Path(f"/proc/{pid}/status").read_text().splitlines()
    )
    rss_mib = int(status["VmRSS"].split()[0]) / 1024
    torch_loaded = "torch" in Path(f"/proc/{pid}/maps").read_text()
    print(f"API process: RSS {rss_mib:.0f} MiB, torch loaded: {torch_loaded}")


if __name__ == "__main__":
    main()
