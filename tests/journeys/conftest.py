"""A whole installation in processes of its own, and SDK clients that talk to it."""

import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from configparser import ConfigParser
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import boto3
import psutil
import pytest
from botocore.config import Config

from ..schemas import avro_text
from ..waiting import until

PATIENCE_S = 240
FINAL = {"ACTIVE", "CREATE FAILED", "CREATE STOPPED"}
INTERACTIONS = avro_text(
    "Interactions",
    [
        {"name": "USER_ID", "type": "string"},
        {"name": "ITEM_ID", "type": "string"},
        {"name": "TIMESTAMP", "type": "long"},
        {"name": "EVENT_TYPE", "type": ["null", "string"]},
    ],
)


@dataclass
class Installation:
    """A data folder and the processes that serve it.

    The data it can import is planted: 30 chains of 6 items each, and every user walks along one
    chain after another, so that the next item of a chain is what a recipe has to learn.
    """

    folder: Path
    processes: list[subprocess.Popen[str]] = field(default_factory=list)
    address: str = ""

    def start(self, *words: str, settings: dict[str, str] | None = None) -> str:
        """Start `penchant up`, `serve` or `work`; returns the address it prints, if any."""
        port = ("--port", "0") if words[0] != "work" else ()
        with (self.folder.parent / "server.log").open("a") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", "penchant", *words, "--data", str(self.folder), *port],
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
                env={**os.environ, **(settings or {})},
            )
        self.processes.append(process)
        return "" if words[0] == "work" else _address(process)

    def up(self, **settings: str) -> None:
        """Start everything, and talk to it from now on."""
        variables = {f"PENCHANT_{name.upper()}": value for name, value in settings.items()}
        self.address = self.start("up", settings=variables)

    def kill(self) -> None:
        """End every process at once, children too, as a power cut would."""
        self.signal(signal.SIGKILL)
        for process in self.processes:
            process.wait()
            assert process.stdout is not None
            process.stdout.close()
        self.processes.clear()

    def signal(self, number: signal.Signals) -> None:
        """Send a signal to every process, then to their children."""
        for process in self.processes:
            for pid in (process.pid, *(child.pid for child in _children(process.pid))):
                with suppress(ProcessLookupError):
                    os.kill(pid, number)

    def stop(self) -> list[int]:
        """End every process as an administrator would; returns their exit statuses."""
        for process in self.processes:
            process.send_signal(signal.SIGTERM)
        statuses = [process.wait(60) for process in self.processes]
        self.kill()
        return statuses

    def client(self, service: str, address: str = "", **config: Any) -> Any:
        """A client of the administrator, as any program would make it."""
        return boto3.client(
            service,
            endpoint_url=address or self.address,
            region_name="us-east-1",
            config=Config(retries={"max_attempts": 0}, **config),
            **self.credentials(),
        )

    def credentials(self) -> dict[str, str]:
        """The access key of the administrator."""
        file = ConfigParser()
        file.read(self.folder / "credentials")
        return dict(file["default"])

    def upload(self, bucket: str = "shop", key: str = "plays.csv", n_users: int = 120) -> str:
        """Put the planted interactions into S3; returns their address."""
        s3 = self.client("s3")
        s3.create_bucket(Bucket=bucket)
        s3.put_object(Bucket=bucket, Key=key, Body=planted(n_users))
        return f"s3://{bucket}/{key}"

    def dataset(self, name: str = "shop") -> tuple[str, str]:
        """Make schema, dataset group and interactions dataset; returns group and dataset ARN."""
        personalize = self.client("personalize")
        schema = personalize.create_schema(name=name, schema=INTERACTIONS)["schemaArn"]
        group = personalize.create_dataset_group(name=name)["datasetGroupArn"]
        dataset = personalize.create_dataset(
            name=name, schemaArn=schema, datasetGroupArn=group, datasetType="Interactions"
        )["datasetArn"]
        return group, dataset

    def bring_in(self, dataset: str, address: str, name: str = "monday", mode: str = "FULL") -> str:
        """Queue an import."""
        return str(
            self.client("personalize").create_dataset_import_job(
                jobName=name,
                datasetArn=dataset,
                dataSource={"dataLocation": address},
                roleArn="arn:aws:iam::000000000000:role/reader",
                importMode=mode,
            )["datasetImportJobArn"]
        )

    def train(self, group: str, recipe: str, name: str = "", **config: Any) -> str:
        """Queue a training."""
        personalize = self.client("personalize")
        solution = personalize.create_solution(
            name=name or recipe,
            datasetGroupArn=group,
            recipeArn=f"arn:aws:personalize:::recipe/{recipe}",
            solutionConfig=config,
        )["solutionArn"]
        return str(personalize.create_solution_version(solutionArn=solution)["solutionVersionArn"])

    def deploy(self, version: str, name: str = "", **config: Any) -> str:
        """Queue a deployment."""
        return str(
            self.client("personalize").create_campaign(
                name=name or version.split("/")[-2],
                solutionVersionArn=version,
                campaignConfig=config,
            )["campaignArn"]
        )

    def wait(self, arn: str) -> dict[str, Any]:
        """Poll Describe until the resource has settled."""
        return until(
            lambda: self.describe(arn),
            lambda found: found["status"] in FINAL,
            patience_s=PATIENCE_S,
            every_s=0.1,
        )

    def settled(self, arn: str) -> dict[str, Any]:
        """Wait, and insist on success."""
        found = self.wait(arn)
        assert found["status"] == "ACTIVE", found
        return found

    def describe(self, arn: str) -> dict[str, Any]:
        """What Describe shows, whatever the kind of resource."""
        word = arn.split(":")[5].split("/", maxsplit=1)[0]
        if word == "solution" and arn.count("/") > 1:
            word = "solution-version"
        snake = word.replace("-", "_")
        first, *rest = word.split("-")
        member = first + "".join(part.capitalize() for part in rest)
        operation = getattr(self.client("personalize"), f"describe_{snake}")
        return dict(operation(**{f"{member}Arn": arn})[member])


def planted(n_users: int, n_walks: int = 5) -> bytes:
    """The CSV: every user walks along `n_walks` of 30 chains, in an order of their own."""
    lines = ["USER_ID,ITEM_ID,TIMESTAMP,EVENT_TYPE"]
    for user in range(n_users):
        moment = 1_700_000_000 + 17 * user
        for walk in range(n_walks):
            chain = (user * 7 + walk * (1 + user % 11)) % 30
            for step in range(6):
                lines.append(f"u{user},c{chain:02}-{step},{moment},watch")
                moment += 60
    return ("\n".join(lines) + "\n").encode()


def _children(pid: int) -> list[psutil.Process]:
    try:
        return psutil.Process(pid).children(recursive=True)
    except psutil.NoSuchProcess:
        return []


def _address(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    for line in process.stdout:
        found = re.search(r"http://[\d.]+:\d+", line)
        if found:
            return found.group()
    raise AssertionError(f"the server ended with status {process.wait()}")


@pytest.fixture(scope="session")
def fresh(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[], Installation]]:
    """Makes installations; whatever of them still runs is ended."""
    made: list[Installation] = []

    def make() -> Installation:
        made.append(Installation(tmp_path_factory.mktemp("installation") / "data"))
        return made[-1]

    yield make
    for installation in made:
        installation.kill()


@pytest.fixture(scope="session")
def shop(fresh: Callable[[], Installation]) -> Installation:
    """An installation that runs, with the planted interactions in dataset group `shop`."""
    installation = fresh()
    installation.up()
    _, dataset = installation.dataset()
    installation.settled(installation.bring_in(dataset, installation.upload()))
    return installation


@pytest.fixture(scope="session")
def group(shop: Installation) -> str:
    """The dataset group's ARN."""
    groups = shop.client("personalize").list_dataset_groups()["datasetGroups"]
    return str(next(one["datasetGroupArn"] for one in groups if one["name"] == "shop"))
