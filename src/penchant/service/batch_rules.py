"""What batch jobs of both kinds may be asked for."""

from collections.abc import Mapping
from typing import Any, Final

from sqlalchemy import Connection

from penchant.data.schemas import parse_schema
from penchant.domain import statuses
from penchant.domain.arns import Kind
from penchant.domain.callers import Caller
from penchant.domain.datasets import ITEMS, dataset_arn
from penchant.domain.errors import InvalidInputException, ResourceInUseException
from penchant.domain.recipes import RecipeEntry, RecipeType
from penchant.domain.resources import Resource
from penchant.filters.parsing import parse
from penchant.service.answer_config import check_answering
from penchant.service.filter_fits import check_fits
from penchant.service.ledger import Ledger

THEME_GENERATION: Final = "THEME_GENERATION"
MOST_ITEMS: Final = 500
MOST_USERS: Final = 5_000_000
_KINDS: Final = (Kind.BATCH_INFERENCE_JOB, Kind.BATCH_SEGMENT_JOB)


def check_inference_recipe(entry: RecipeEntry) -> None:
    """Refuse recipes that recommend nothing line by line.

    Raises:
        InvalidInputException: The recipe follows trends, recommends actions or finds users.
    """
    text = f"{entry.name} is not available in batch inference jobs; "
    if not entry.batches:
        raise InvalidInputException(f"{text}deploy it in a campaign and call GetRecommendations.")
    if entry.recipe_type is RecipeType.PERSONALIZED_ACTIONS:
        text += "deploy it in a campaign and call GetActionRecommendations."
        raise InvalidInputException(text)
    if entry.recipe_type is RecipeType.USER_SEGMENTATION:
        raise InvalidInputException(f"{text}it finds users: call CreateBatchSegmentJob.")


def check_segment_recipe(entry: RecipeEntry) -> None:
    """Refuse recipes that find no users.

    Raises:
        InvalidInputException: The recipe is of another type.
    """
    if entry.recipe_type is not RecipeType.USER_SEGMENTATION:
        raise InvalidInputException(
            f"{entry.name} is of type {entry.recipe_type} and finds no users; give a version of a "
            f"{RecipeType.USER_SEGMENTATION} recipe, or call CreateBatchInferenceJob."
        )


def check_places(job_input: Mapping[str, Any], job_output: Mapping[str, Any]) -> None:
    """Check where a job reads and where it writes.

    Raises:
        InvalidInputException: An address is none of S3, the output is no folder, or both are one.
    """
    source = _address(job_input["s3DataSource"]["path"], "input")
    target = _address(job_output["s3DataDestination"]["path"], "output")
    if not target.endswith("/"):
        raise InvalidInputException(
            f"Invalid S3 output path: {target!r} does not end in '/'; give a folder."
        )
    if source.rstrip("/") == target.rstrip("/"):
        raise InvalidInputException(
            f"Invalid S3 output path: {target!r} is the input path too; give another folder."
        )


def check_number(num_results: int | None, most: int) -> None:
    """Check how many results a line shall have.

    Raises:
        InvalidInputException: It is less than 1 or more than `most`.
    """
    if num_results is not None and not 1 <= num_results <= most:
        raise InvalidInputException(f"numResults is {num_results}; give a number from 1 to {most}.")


def check_config(entry: RecipeEntry, config: Mapping[str, Any] | None) -> None:
    """Check a `batchInferenceJobConfig`.

    Raises:
        InvalidInputException: A setting is unknown, out of range, or not the recipe's.
    """
    check_answering(entry, config or {}, "batchInferenceJobConfig")


def check_themes(
    ledger: Ledger,
    entry: RecipeEntry,
    version: Resource,
    mode: str | None,
    config: Mapping[str, Any] | None,
    tx: Connection,
) -> None:
    """Check that themes are asked for where they can be found, with the column of names.

    Raises:
        InvalidInputException: Mode and `themeGenerationConfig` do not go together, the recipe
            makes no themes, or the items have no such column of texts.
    """
    if (mode == THEME_GENERATION) != (config is not None):
        raise InvalidInputException(
            f"batchInferenceJobMode={THEME_GENERATION} and themeGenerationConfig go together; "
            "give both or neither."
        )
    if config is None:
        return
    if not entry.makes_themes:
        raise InvalidInputException(
            f"{entry.name} makes no themes; give a version of aws-similar-items, or leave out "
            "batchInferenceJobMode and themeGenerationConfig."
        )
    _check_item_name(
        ledger, version.sent["datasetGroupArn"], config["fieldsForThemeGeneration"]["itemName"], tx
    )


def check_filter(
    ledger: Ledger,
    caller: Caller,
    version: Resource,
    entry: RecipeEntry,
    filter_arn: str | None,
    tx: Connection,
) -> None:
    """Check that a job's filter is ready, of the version's dataset group, and fits its recipe.

    Raises:
        ResourceNotFoundException: There is no such filter.
        ResourceInUseException: It is not ready yet.
        InvalidInputException: It is another group's, or filters what the recipe does not answer.
    """
    if filter_arn is None:
        return
    found = ledger.find_active(caller, filter_arn, Kind.FILTER, tx)
    group = version.sent["datasetGroupArn"]
    if found.parent_arn != group:
        raise InvalidInputException(
            f"{filter_arn} belongs to {found.parent_arn}, not to {group}; create a filter there."
        )
    expression = parse(found.sent["filterExpression"])
    check_fits(expression, filter_arn, entry, f"the solution version uses {entry.name}")


def refuse_busy_filter(ledger: Ledger, caller: Caller, filter_arn: str, tx: Connection) -> None:
    """Refuse to delete a filter that a batch job still needs.

    Raises:
        ResourceInUseException: A job that names it has not ended.
    """
    for kind in _KINDS:
        for job in ledger.every(caller, kind, tx):
            if job.status in statuses.UNFINISHED and job.sent.get("filterArn") == filter_arn:
                raise ResourceInUseException(
                    f"{filter_arn} is in use by {job.arn}, which is {job.status}; delete the "
                    "filter once the job has ended."
                )


def _address(address: str, what: str) -> str:
    bucket = address.removeprefix("s3://").partition("/")[0]
    if not address.startswith("s3://") or not bucket:
        raise InvalidInputException(
            f"Invalid S3 {what} path: {address!r}; give an address such as s3://bucket/folder/."
        )
    return address


def _check_item_name(ledger: Ledger, group_arn: str, column: str, tx: Connection) -> None:
    items = ledger.resources.get(dataset_arn(group_arn, ITEMS), tx)
    schema = items and ledger.resources.get(items.sent["schemaArn"], tx)
    if not schema:
        raise InvalidInputException(
            f"{group_arn} has no items dataset, and themes are made from one; create it first."
        )
    fields = parse_schema(schema.sent["schema"]).fields
    texts = [field.name for field in fields if field.kind == "string"]
    if column.upper() not in [name.upper() for name in texts]:
        raise InvalidInputException(
            f"themeGenerationConfig: the items have no column {column!r} of texts; they have "
            f"{', '.join(texts)}."
        )
