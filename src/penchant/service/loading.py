"""What answers wait for: campaigns that are not loaded yet, and data that is being read."""

import asyncio
from concurrent.futures import Future
from typing import TypeVar

import duckdb

from penchant.domain.callers import Caller
from penchant.domain.errors import InternalFailure
from penchant.models.damage import ArtifactDamaged
from penchant.serving.deployment import Deployment
from penchant.serving.deployments import Deployments

T = TypeVar("T")


async def loaded(deployments: Deployments, caller: Caller, arn: str) -> Deployment:
    """What a campaign or recommender answers with; lets go of the event loop until it is loaded.

    Where a new artifact cannot be read, the former one answers.

    Raises:
        ResourceNotFoundException: There is no such campaign.
        InvalidInputException: It is not ready.
        InternalFailure: Its artifact is damaged.
    """
    loading = deployments.loading(caller, arn)
    if loading is not None:
        read = asyncio.wrap_future(loading)
        await asyncio.wait([read])
        error = read.exception()
        if error is not None and not deployments.answers(arn):
            raise _told(error, arn) from error
    return deployments.find(caller, arn)


def _told(error: BaseException, arn: str) -> BaseException:
    if not isinstance(error, ArtifactDamaged):
        return error
    return InternalFailure(
        f"The model of {arn} is damaged, the server's log tells how; create another solution "
        "version and name it in UpdateCampaign, or create the recommender again."
    )


async def read(reading: Future[T], what: str) -> T:
    """What a thread reads of a dataset; lets go of the event loop meanwhile.

    Raises:
        InternalFailure: It cannot be read; the text begins with `what`.
    """
    try:
        return await asyncio.shield(asyncio.wrap_future(reading))
    except (ValueError, OSError, duckdb.Error) as error:
        raise InternalFailure(
            f"{what} cannot be read, the server's log tells why; import the data again."
        ) from error
