"""What answers the lines of one batch job, made from the job's row."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from penchant.custom_recipes import catalogue_of
from penchant.data.vocabulary import Vocabulary
from penchant.domain.datasets import INTERACTIONS, USERS, dataset_arn
from penchant.domain.recipes import RecipeEntry, RecipeType
from penchant.domain.resources import Resource
from penchant.domain.serving import Serving
from penchant.filters.masks import Masks
from penchant.filters.syntax import Expression, Source
from penchant.models.artifacts import Artifact, read_artifact
from penchant.models.registry import loaders_of
from penchant.service.batch_rules import THEME_GENERATION
from penchant.serving.answers import DEFAULT_RESULTS
from penchant.serving.datasets import DatasetReader
from penchant.serving.deployment import deploy
from penchant.serving.filtering import Filtering, parsed
from penchant.serving.imported_events import ImportedEvents
from penchant.serving.knowledge import Knowledge
from penchant.settings import Settings
from penchant.store.stores import Stores
from penchant.worker.batch.answers import Asked, Personal, Popular, Ranked, Related
from penchant.worker.batch.lines import Answerer
from penchant.worker.batch.segments import segments_of
from penchant.worker.batch.sieve import ItemSieve, UserSieve
from penchant.worker.batch.themes import themes_of
from penchant.worker.tasks import TaskFailure
from penchant.worker.training.wishes import events_of
from penchant.worker.trying_out import damage_failing

_SHARE_OF_MEMORY: Final = 4


def answerer(stores: Stores, settings: Settings, job_arn: str, artifact: str, now: int) -> Answerer:
    """What answers a job's lines.

    Args:
        stores: Where the job, its filter and the data are.
        settings: Where artifacts lie, and memory.
        job_arn: The job.
        artifact: The artifact's folder, relative to the data folder.
        now: When the job asks, epoch seconds.

    Raises:
        TaskFailure: What the job names is not there any more, or the artifact is damaged.
        ValueError: The artifact does not answer such a job.
    """
    job = _found(stores, job_arn)
    version = _found(stores, job.sent["solutionVersionArn"])
    entries = catalogue_of(settings)
    with damage_failing(version.arn, "create another solution version and another job"):
        found = read_artifact(settings.data_dir / artifact, loaders_of(entries.entries))
    memory_bytes = settings.import_memory_bytes // _SHARE_OF_MEMORY
    reader = DatasetReader(stores.resources, stores.records, settings.data_dir, memory_bytes)
    bench = _Bench(stores, settings, reader, job, version, entries.get(version.sent["recipeArn"]))
    if bench.entry.recipe_type is RecipeType.USER_SEGMENTATION:
        return bench.segments(found)
    return bench.items(found, now)


@dataclass(frozen=True)
class _Bench:
    """What both kinds of jobs are made from."""

    stores: Stores
    settings: Settings
    reader: DatasetReader
    job: Resource
    version: Resource
    entry: RecipeEntry

    def items(self, artifact: Artifact, now: int) -> Answerer:
        catalogue = catalogue_of(self.settings)
        deployment = deploy(self.job.arn, self._serving(), artifact, catalogue)
        filtering = Filtering(self.stores.resources, self.stores.events, Knowledge(self.reader))
        sieve = ItemSieve(filtering, deployment, self._expression())
        asked = Asked(deployment, self.stores.events, now)
        match self.entry.recipe_type:
            case RecipeType.PERSONALIZED_RANKING:
                return Ranked(asked, sieve)
            case RecipeType.POPULAR_ITEMS:
                return Popular(deployment, sieve, self._n)
            case RecipeType.RELATED_ITEMS:
                related = Related(deployment, sieve, self._n)
                if self.job.sent.get("batchInferenceJobMode") == THEME_GENERATION:
                    return themes_of(self.stores, self.settings, self.job, related)
                return related
        return Personal(asked, sieve, self._n, self.job.arn)

    def segments(self, artifact: Artifact) -> Answerer:
        expression = self._expression()
        if expression is None:
            return segments_of(artifact, lambda _: None, self._n)
        group, ids = self.version.sent["datasetGroupArn"], Vocabulary(artifact.users)
        looks_at_events = Source.INTERACTIONS in {field.source for field in expression.fields}
        sieve = UserSieve(
            Masks(self.reader.table(dataset_arn(group, USERS), ids.ids, expression.columns)),
            ids,
            self._imported(group) if looks_at_events else [],
            self._streamed(group) if looks_at_events else {},
            expression,
        )
        return segments_of(artifact, sieve.allowed, self._n)

    @property
    def _n(self) -> int:
        return int(self.job.sent.get("numResults") or DEFAULT_RESULTS)

    def _serving(self) -> Serving:
        return Serving(
            artifact="",
            recipe_arn=self.version.sent["recipeArn"],
            dataset_group_arn=self.version.sent["datasetGroupArn"],
            config=self.job.sent.get("batchInferenceJobConfig") or {},
            events=events_of(self.version),
        )

    def _expression(self) -> Expression | None:
        arn = self.job.sent.get("filterArn")
        return parsed(_found(self.stores, arn).sent["filterExpression"]) if arn else None

    def _imported(self, group_arn: str) -> list[ImportedEvents]:
        return list(self.reader.imported_events(dataset_arn(group_arn, INTERACTIONS)))

    def _streamed(self, group_arn: str) -> Mapping[str, set[str]]:
        """Who streamed events, by their type in lower case."""
        users: dict[str, set[str]] = defaultdict(set)
        for batch in self.stores.events.scan(group_arn):
            for event in batch:
                users[(event.event_type or "").lower()].add(event.user_id)
        return users


def _found(stores: Stores, arn: str) -> Resource:
    found = stores.resources.get(arn)
    if found is None:
        raise TaskFailure(f"{arn} was deleted while the batch job needed it; create another job.")
    return found
