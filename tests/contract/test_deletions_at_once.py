"""Nothing is built on what is being deleted, and nothing is deleted that is being built on.

Each test has the one written and not yet committed when the other is asked for.
"""

from datetime import UTC, datetime

import pytest

from penchant.domain.arns import Kind, Owner
from penchant.domain.callers import Caller
from penchant.domain.errors import ResourceInUseException, ResourceNotFoundException
from penchant.domain.resources import Resource, utc_now
from penchant.jobs.queue import JobQueue
from penchant.service.campaigns import CampaignOperations
from penchant.service.filters import FilterOperations
from penchant.service.ledger import Ledger
from penchant.service.schemas import SchemaOperations
from penchant.service.solution_versions import SolutionVersionOperations
from penchant.service.solutions import SolutionOperations
from penchant.store.resources import Resources
from penchant.store.tags import Tags

from .meanwhile import meanwhile

OWNER = Owner("000000000000", "us-east-1")
CALLER = Caller("key", OWNER)
GROUP = OWNER.arn(Kind.DATASET_GROUP, "shop")
SCHEMA = OWNER.arn(Kind.SCHEMA, "plays")
FILTER = OWNER.arn(Kind.FILTER, "seen")
SOLUTION = OWNER.arn(Kind.SOLUTION, "best")
VERSION = OWNER.arn(Kind.SOLUTION_VERSION, "best/1")
MADE_OF = {
    "recipeArn": "arn:aws:personalize:::recipe/aws-popularity-count",
    "datasetGroupArn": GROUP,
}


@pytest.fixture
def ledger(engine):
    ledger = Ledger(Resources(engine), Tags(engine), JobQueue(engine, utc_now, 3), utc_now)
    now = datetime(2026, 1, 1, tzinfo=UTC)
    with ledger.resources.transaction() as tx:
        for arn, kind, parent in (
            (GROUP, Kind.DATASET_GROUP, ""),
            (SCHEMA, Kind.SCHEMA, ""),
            (FILTER, Kind.FILTER, GROUP),
            (SOLUTION, Kind.SOLUTION, GROUP),
            (VERSION, Kind.SOLUTION_VERSION, SOLUTION),
        ):
            name = arn.partition("/")[2]
            made = Resource(arn, kind, OWNER, name, "ACTIVE", now, now, parent, MADE_OF)
            ledger.resources.add(tx, made)
    return ledger


def built(ledger, kind, parent_arn, under, **sent):
    """Builds a resource on others, as the operations that create one do."""

    def build(tx):
        for arn, kind_of in under.items():
            ledger.find_active(CALLER, arn, kind_of, tx)
        job = "made" if kind in (Kind.SOLUTION_VERSION, Kind.BATCH_INFERENCE_JOB) else ""
        ledger.write_down(tx, CALLER, kind, "new", sent=sent, parent_arn=parent_arn, job=job)

    return build


def refused(engine, build, delete):
    with pytest.raises(ResourceInUseException):
        meanwhile(engine, build, delete)


def test_a_schema_that_a_dataset_is_being_made_of_stays(engine, ledger):
    build = built(ledger, Kind.DATASET, GROUP, {SCHEMA: Kind.SCHEMA}, schemaArn=SCHEMA)
    refused(
        engine, build, lambda: SchemaOperations(ledger).delete_schema(CALLER, schema_arn=SCHEMA)
    )


def test_a_filter_that_a_batch_job_is_being_made_with_stays(engine, ledger):
    under = {VERSION: Kind.SOLUTION_VERSION, FILTER: Kind.FILTER}
    build = built(ledger, Kind.BATCH_INFERENCE_JOB, VERSION, under, filterArn=FILTER)
    refused(
        engine, build, lambda: FilterOperations(ledger).delete_filter(CALLER, filter_arn=FILTER)
    )


@pytest.mark.parametrize("kind", [Kind.CAMPAIGN, Kind.SOLUTION_VERSION])
def test_a_solution_that_is_being_built_on_stays(engine, ledger, kind):
    on_version = {VERSION: Kind.SOLUTION_VERSION}
    under = on_version if kind is Kind.CAMPAIGN else {SOLUTION: Kind.SOLUTION}
    build = built(ledger, kind, SOLUTION, under)
    operations = SolutionOperations(ledger)
    refused(engine, build, lambda: operations.delete_solution(CALLER, solution_arn=SOLUTION))


def test_nothing_is_made_of_a_solution_that_is_being_deleted(engine, ledger):
    def delete(tx):
        solution = ledger.hold(tx, CALLER, SOLUTION, Kind.SOLUTION, to_remove=True)
        ledger.take_out(tx, ledger.hold(tx, CALLER, VERSION, Kind.SOLUTION_VERSION))
        ledger.take_out(tx, solution)

    def deploy():
        CampaignOperations(ledger).create_campaign(
            CALLER, name="front", solution_version_arn=VERSION
        )

    with pytest.raises(ResourceNotFoundException):
        meanwhile(engine, delete, deploy)
    with pytest.raises(ResourceNotFoundException):
        SolutionVersionOperations(ledger).create_solution_version(CALLER, solution_arn=SOLUTION)
