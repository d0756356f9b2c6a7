"""Data deletion jobs: create, describe, list."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from penchant.domain import statuses
from penchant.domain.arns import Kind
from penchant.domain.callers import Caller
from penchant.domain.resources import Resource
from penchant.jobs.kinds import JobKind
from penchant.service.addresses import check_address
from penchant.service.ledger import Ledger
from penchant.service.rendering import rendered, summary

_EXAMPLE: Final = "s3://bucket/users.csv, of a CSV file with one column USER_ID or a folder of them"


class DataDeletionJobOperations:
    """A deletion job removes users from all datasets and models of a dataset group."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    def create_data_deletion_job(
        self,
        caller: Caller,
        *,
        job_name: str,
        dataset_group_arn: str,
        data_source: Mapping[str, Any],
        role_arn: str,
        tags: Sequence[Mapping[str, str]] | None = None,
    ) -> dict[str, Any]:
        """Queue a deletion."""
        check_address("dataSource.dataLocation", data_source.get("dataLocation"), _EXAMPLE)
        sent = {
            "jobName": job_name,
            "datasetGroupArn": dataset_group_arn,
            "dataSource": data_source,
            "roleArn": role_arn,
        }
        with self._ledger.resources.transaction() as tx:
            group = self._ledger.find_active(caller, dataset_group_arn, Kind.DATASET_GROUP, tx)
            resource = self._ledger.write_down(
                tx,
                caller,
                Kind.DATA_DELETION_JOB,
                job_name,
                sent=sent,
                parent_arn=group.arn,
                tags=tags,
                job=JobKind.DELETE_DATA,
                status=statuses.PENDING,
            )
        return {"dataDeletionJobArn": resource.arn}

    def describe_data_deletion_job(
        self, caller: Caller, *, data_deletion_job_arn: str
    ) -> dict[str, Any]:
        """One deletion job; once it is COMPLETED, with the number of records deleted."""
        job = self._ledger.find(caller, data_deletion_job_arn, Kind.DATA_DELETION_JOB)
        whole = rendered(job)
        if job.status == statuses.COMPLETED:
            whole["numDeleted"] = job.own.get("n_deleted", 0)
        return {"dataDeletionJob": whole}

    def list_data_deletion_jobs(
        self,
        caller: Caller,
        *,
        dataset_group_arn: str | None = None,
        next_token: str | None = None,
        max_results: int | None = None,
    ) -> dict[str, Any]:
        """Deletion jobs of a group, or all of the caller."""
        return self._ledger.listed(
            caller,
            Kind.DATA_DELETION_JOB,
            "dataDeletionJobs",
            _summary,
            parent_arn=dataset_group_arn,
            next_token=next_token,
            max_results=max_results,
        )


def _summary(resource: Resource) -> dict[str, Any]:
    return summary(resource, "jobName", "datasetGroupArn")
