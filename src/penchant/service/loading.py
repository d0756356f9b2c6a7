"""Campaigns on their way to an answer: found, and waited for where they are not loaded yet."""

import asyncio

from penchant.domain.callers import Caller
from penchant.domain.errors import InternalFailure
from penchant.serving.deployment import Deployment
from penchant.serving.deployments import Deployments


async def loaded(deployments: Deployments, caller: Caller, arn: str) -> Deployment:
    """What a campaign answers with; lets go of the event loop only until it is loaded.

    Raises:
        ResourceNotFoundException: There is no such campaign.
        InvalidInputException: It is not ready.
        InternalFailure: Its artifact is damaged.
    """
    loading = deployments.loading(caller, arn)
    if loading is not None:
        try:
            await asyncio.shield(asyncio.wrap_future(loading))
        except (ValueError, KeyError, TypeError, OSError) as error:
            raise InternalFailure(
                f"The model of {arn} is damaged, the server's log tells how; create another "
                "solution version and name it in UpdateCampaign."
            ) from error
    return deployments.find(caller, arn)
