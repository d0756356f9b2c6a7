"""Dataset export jobs: create, describe, list."""

from collections.abc import Mapping, Sequence
from typing import Any

from penchant.domain.arns import Kind
from penchant.domain.callers import Caller
from penchant.domain.datasets import PUT
from penchant.domain.resources import Resource
from penchant.jobs.kinds import JobKind
from penchant.service.addresses import check_address
from penchant.service.ledger import Ledger
from penchant.service.rendering import rendered, summary


class DatasetExportJobOperations:
    """An export job writes what a dataset holds to a file; the dataset stays as it is."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    def create_dataset_export_job(
        self,
        caller: Caller,
        *,
        job_name: str,
        dataset_arn: str,
        role_arn: str,
        job_output: Mapping[str, Any],
        ingestion_mode: str | None = None,
        tags: Sequence[Mapping[str, str]] | None = None,
    ) -> dict[str, Any]:
        """Queue an export."""
        check_address(
            "jobOutput.s3DataDestination.path",
            job_output["s3DataDestination"]["path"],
            "s3://bucket/folder/",
        )
        sent = {
            "jobName": job_name,
            "datasetArn": dataset_arn,
            "ingestionMode": ingestion_mode or PUT,
            "roleArn": role_arn,
            "jobOutput": job_output,
        }
        with self._ledger.resources.transaction() as tx:
            dataset = self._ledger.find_active(caller, dataset_arn, Kind.DATASET, tx)
            resource = self._ledger.write_down(
                tx,
                caller,
                Kind.DATASET_EXPORT_JOB,
                job_name,
                sent=sent,
                parent_arn=dataset.arn,
                tags=tags,
                job=JobKind.EXPORT,
            )
        return {"datasetExportJobArn": resource.arn}

    def describe_dataset_export_job(
        self, caller: Caller, *, dataset_export_job_arn: str
    ) -> dict[str, Any]:
        """One export job."""
        job = self._ledger.find(caller, dataset_export_job_arn, Kind.DATASET_EXPORT_JOB)
        return {"datasetExportJob": rendered(job)}

    def list_dataset_export_jobs(
        self,
        caller: Caller,
        *,
        dataset_arn: str | None = None,
        next_token: str | None = None,
        max_results: int | None = None,
    ) -> dict[str, Any]:
        """Export jobs of a dataset, or all of the caller."""
        return self._ledger.listed(
            caller,
            Kind.DATASET_EXPORT_JOB,
            "datasetExportJobs",
            _summary,
            parent_arn=dataset_arn,
            next_token=next_token,
            max_results=max_results,
        )


def _summary(resource: Resource) -> dict[str, Any]:
    return summary(resource, "jobName")
