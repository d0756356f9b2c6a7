"""Brings the version of a batch job up to what came since, before its lines are answered."""

import logging
from dataclasses import replace

from penchant.domain.resources import Resource
from penchant.domain.versions import artifacts
from penchant.jobs.queue import Job
from penchant.worker.renewal.schedule import Renewals
from penchant.worker.renewal.task import Renew
from penchant.worker.tasks import Report, TaskFailure, Workshop
from penchant.worker.training.laboratory import is_made_for

_LOG = logging.getLogger(__name__)


def take_in_news(workshop: Workshop, job: Job, version: Resource, report: Report) -> Resource:
    """The version with new items, users and counts, as a renewal of a deployed one gives it.

    Versions that are never renewed, and those that have heard of everything, stay as they are; so
    does one whose renewal fails, which the log tells, and one that an earlier try of the job has
    renewed.
    """
    if any(is_made_for(job, folder) for folder in artifacts(version)):
        return version
    told = Renewals(workshop).news(version)
    if told is None:
        return version
    renewal = replace(job, resource_arn=version.arn, payload={"heard": told})
    try:
        commit = Renew(workshop).do(renewal, report)
    except TaskFailure as failure:
        _LOG.error("%s is not renewed for %s: %s", version.arn, job.resource_arn, failure)
        return version
    with workshop.stores.resources.transaction() as tx:
        commit(tx)
    return workshop.stores.resources.get(version.arn) or version
