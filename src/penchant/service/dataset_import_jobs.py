"""Dataset import jobs: create, describe, list."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection

from penchant.domain.arns import Kind
from penchant.domain.callers import Caller
from penchant.domain.datasets import FULL, INCREMENTAL
from penchant.domain.errors import InvalidInputException
from penchant.domain.resources import Resource
from penchant.jobs.kinds import JobKind
from penchant.service.addresses import check_address
from penchant.service.ledger import Ledger
from penchant.service.rendering import rendered, summary


class DatasetImportJobOperations:
    """An import job reads files into a dataset; what was there stays until it has succeeded."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    def create_dataset_import_job(
        self,
        caller: Caller,
        *,
        job_name: str,
        dataset_arn: str,
        data_source: Mapping[str, Any],
        role_arn: str | None = None,
        tags: Sequence[Mapping[str, str]] | None = None,
        import_mode: str | None = None,
        publish_attribution_metrics_to_s3: bool | None = None,
    ) -> dict[str, Any]:
        """Queue an import."""
        check_address(
            "dataSource.dataLocation", data_source.get("dataLocation"), "s3://bucket/file.csv"
        )
        sent = {
            "jobName": job_name,
            "datasetArn": dataset_arn,
            "dataSource": data_source,
            "roleArn": role_arn,
            "importMode": import_mode or FULL,
            "publishAttributionMetricsToS3": publish_attribution_metrics_to_s3,
        }
        with self._ledger.resources.transaction() as tx:
            dataset = self._ledger.find_active(caller, dataset_arn, Kind.DATASET, tx)
            if import_mode == INCREMENTAL:
                _refuse_empty(dataset)
            if publish_attribution_metrics_to_s3:
                self._check_publishing(dataset.parent_arn, tx)
            resource = self._ledger.write_down(
                tx,
                caller,
                Kind.DATASET_IMPORT_JOB,
                job_name,
                sent=sent,
                parent_arn=dataset.arn,
                tags=tags,
                job=JobKind.IMPORT,
            )
        return {"datasetImportJobArn": resource.arn}

    def describe_dataset_import_job(
        self, caller: Caller, *, dataset_import_job_arn: str
    ) -> dict[str, Any]:
        """One import job."""
        job = self._ledger.find(caller, dataset_import_job_arn, Kind.DATASET_IMPORT_JOB)
        return {"datasetImportJob": rendered(job)}

    def list_dataset_import_jobs(
        self,
        caller: Caller,
        *,
        dataset_arn: str | None = None,
        next_token: str | None = None,
        max_results: int | None = None,
    ) -> dict[str, Any]:
        """Import jobs of a dataset, or all of the caller."""
        return self._ledger.listed(
            caller,
            Kind.DATASET_IMPORT_JOB,
            "datasetImportJobs",
            _summary,
            parent_arn=dataset_arn,
            next_token=next_token,
            max_results=max_results,
        )

    def _check_publishing(self, group_arn: str, tx: Connection) -> None:
        found = self._ledger.resources.children(group_arn, Kind.METRIC_ATTRIBUTION, tx)
        if not any("s3DataDestination" in one.sent["metricsOutputConfig"] for one in found):
            raise InvalidInputException(
                f"publishAttributionMetricsToS3 is true, and {group_arn} has no metric attribution "
                "with an s3DataDestination; create one first, or leave it out."
            )


def _refuse_empty(dataset: Resource) -> None:
    if not dataset.own.get("parts"):
        raise InvalidInputException(
            f"{dataset.arn} holds no bulk data yet, so that nothing can be added to it; "
            f"import with importMode={FULL} first."
        )


def _summary(resource: Resource) -> dict[str, Any]:
    return summary(resource, "jobName", "importMode")
