"""The steps of a demo: what a program written for Amazon Personalize does, in its order."""

import json
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final

from penchant.cli.demo.goods import Goods
from penchant.cli.demo.server import Server
from penchant.cli.demo.waiting import Awaited

USER_PERSONALIZATION: Final = "aws-user-personalization"
SIMS: Final = "aws-sims"
N_SHOWN: Final = 10

_ALL_ITEMS: Final = {"max_item_interaction_count_percentile": "1.0"}
_CONFIGS: Final = {SIMS: {"featureTransformationParameters": _ALL_ITEMS}}
"""By default SIMS leaves the most popular tenth of the items out, and the story clicks on those."""

N_BEST_SELLERS: Final = 24

_SCHEMA: Final = {
    "type": "record",
    "name": "Interactions",
    "namespace": "com.amazonaws.personalize.schema",
    "fields": [
        {"name": "USER_ID", "type": "string"},
        {"name": "ITEM_ID", "type": "string"},
        {"name": "TIMESTAMP", "type": "long"},
        {"name": "EVENT_TYPE", "type": "string"},
    ],
    "version": "1.0",
}


@dataclass(slots=True)
class Journey:
    """One demo's resources; each method is one step and may be told before and after.

    Args:
        server: Where everything is made.
        goods: What is uploaded.
        name: Start of every resource's name.
    """

    server: Server
    goods: Goods
    name: str
    group_arn: str = ""
    versions: dict[str, str] = field(default_factory=dict)
    campaigns: dict[str, str] = field(default_factory=dict)
    tracking_id: str = ""

    def upload(self) -> str:
        """Put the CSV into a bucket of the built-in S3; its address."""
        s3 = self.server.client("s3")
        s3.create_bucket(Bucket=self.name)
        s3.upload_file(str(self.goods.csv), self.name, self.goods.csv.name)
        return f"s3://{self.name}/{self.goods.csv.name}"

    def make_group(self) -> Awaited:
        """Create the dataset group."""
        answer = self._personalize().create_dataset_group(name=self.name)
        self.group_arn = answer["datasetGroupArn"]
        return self._awaited("dataset group", "datasetGroup", self.group_arn)

    def import_interactions(self, address: str) -> Awaited:
        """Create schema, dataset and import job."""
        personalize = self._personalize()
        schema = personalize.create_schema(name=self.name, schema=json.dumps(_SCHEMA))
        dataset = personalize.create_dataset(
            name=f"{self.name}-interactions",
            schemaArn=schema["schemaArn"],
            datasetGroupArn=self.group_arn,
            datasetType="Interactions",
        )
        self._until_active("dataset", dataset["datasetArn"])
        job = personalize.create_dataset_import_job(
            jobName=f"{self.name}-import",
            datasetArn=dataset["datasetArn"],
            dataSource={"dataLocation": address},
            roleArn=f"arn:aws:iam::{self.group_arn.split(':')[4]}:role/penchant-demo",
        )
        arn = job["datasetImportJobArn"]
        return self._awaited(f"import {self.goods.csv.name}", "datasetImportJob", arn)

    def train(self, recipe: str) -> Awaited:
        """Create a solution and a solution version of a recipe."""
        personalize = self._personalize()
        solution = personalize.create_solution(
            name=f"{self.name}-{recipe.removeprefix('aws-')}",
            datasetGroupArn=self.group_arn,
            recipeArn=f"arn:aws:personalize:::recipe/{recipe}",
            performAutoTraining=False,
            solutionConfig=_CONFIGS.get(recipe, {}),
        )
        self._until_active("solution", solution["solutionArn"])
        version = personalize.create_solution_version(solutionArn=solution["solutionArn"])
        self.versions[recipe] = version["solutionVersionArn"]
        return self._awaited(f"train {recipe}", "solutionVersion", self.versions[recipe])

    def metrics(self, recipe: str) -> Mapping[str, float]:
        """The service's offline metrics of a trained version."""
        answer = self._personalize().get_solution_metrics(solutionVersionArn=self.versions[recipe])
        metrics: Mapping[str, float] = answer["metrics"]
        return metrics

    def deploy(self, recipe: str) -> Awaited:
        """Create a campaign of the trained version."""
        answer = self._personalize().create_campaign(
            name=f"{self.name}-{recipe.removeprefix('aws-')}",
            solutionVersionArn=self.versions[recipe],
            minProvisionedTPS=1,
        )
        self.campaigns[recipe] = answer["campaignArn"]
        return self._awaited(f"deploy {recipe}", "campaign", self.campaigns[recipe])

    def listen(self) -> None:
        """Create the event tracker that live events name."""
        answer = self._personalize().create_event_tracker(
            name=self.name, datasetGroupArn=self.group_arn
        )
        self.tracking_id = answer["trackingId"]
        self._until_active("eventTracker", answer["eventTrackerArn"])

    def recommend(self, n: int = N_SHOWN) -> list[str]:
        """Item ids for the story's user, best first."""
        return self._recommend(USER_PERSONALIZATION, n, userId=self.goods.user_id)

    def related(self, item_id: str, n: int = N_SHOWN) -> list[str]:
        """Item ids that the same users chose, most related first."""
        return self._recommend(SIMS, n, itemId=item_id)

    def send(self, item_ids: Sequence[str], now: datetime | None = None) -> None:
        """Send one live event per item for the story's user."""
        now = now or datetime.now(UTC)
        self.server.client("personalize-events").put_events(
            trackingId=self.tracking_id,
            userId=self.goods.user_id,
            sessionId=f"{self.name}-session",
            eventList=[
                {"eventType": self.goods.story.event_type, "itemId": item_id, "sentAt": now}
                for item_id in item_ids
            ],
        )

    def _recommend(self, recipe: str, n: int, **asked: str) -> list[str]:
        answer = self.server.client("personalize-runtime").get_recommendations(
            campaignArn=self.campaigns[recipe], numResults=n, **asked
        )
        return [item["itemId"] for item in answer["itemList"]]

    def _personalize(self) -> Any:
        return self.server.client("personalize")

    def _awaited(self, label: str, member: str, arn: str) -> Awaited:
        return Awaited(label, arn, lambda: _status(self._personalize(), member, arn))

    def _until_active(self, member: str, arn: str) -> None:
        for _ in _every(0.05):
            status, reason = _status(self._personalize(), member, arn)
            if status == "ACTIVE":
                return
            if reason:
                raise RuntimeError(f"{arn}: {reason}")


def _status(personalize: Any, member: str, arn: str) -> tuple[str, str]:
    """Describe a resource by the name of its member in the answer, such as `datasetGroup`."""
    operation = "describe" + "".join(f"_{c.lower()}" if c.isupper() else c for c in f"_{member}")
    described = getattr(personalize, operation)(**{f"{member}Arn": arn})[member]
    return described["status"], described.get("failureReason", "")


def _every(interval_s: float) -> Iterator[None]:
    while True:
        yield
        time.sleep(interval_s)


def two_more(
    goods: Goods, listed: Sequence[str], related: Sequence[str], first: str
) -> tuple[str, str]:
    """The two items the story's user takes next.

    `first` is one of `unexpected`; the second is the most related one that is new to the user and
    was not recommended before.
    """
    known = {*goods.history, *listed, first}
    second = next((item for item in related if item not in known), None)
    return first, second or _first_outside(known, goods.popular)


def unexpected(goods: Goods, listed: Sequence[str], n_best_sellers: int = N_BEST_SELLERS) -> str:
    """A well-known item that is neither in the user's history nor in the list.

    Best sellers are passed over: they go with everything, so a click on one says little.
    """
    return _first_outside({*goods.history, *listed}, goods.popular[n_best_sellers:])


def _first_outside(known: set[str], popular: Sequence[str]) -> str:
    """The most popular unknown item; the least popular one where all are known."""
    return next((item for item in popular if item not in known), popular[-1])
