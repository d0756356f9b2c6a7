"""Batch inference jobs: create, describe, list."""

from collections.abc import Mapping, Sequence
from typing import Any

from penchant.domain.arns import Kind
from penchant.domain.callers import Caller
from penchant.domain.resources import Resource
from penchant.jobs.kinds import JobKind
from penchant.service.batch_rules import (
    MOST_ITEMS,
    check_config,
    check_filter,
    check_inference_recipe,
    check_number,
    check_places,
    check_themes,
)
from penchant.service.ledger import Ledger
from penchant.service.rendering import rendered, summary


class BatchInferenceJobOperations:
    """A batch inference job answers every line of its input; it never changes and stays."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    def create_batch_inference_job(
        self,
        caller: Caller,
        *,
        job_name: str,
        solution_version_arn: str,
        job_input: Mapping[str, Any],
        job_output: Mapping[str, Any],
        role_arn: str,
        filter_arn: str | None = None,
        num_results: int | None = None,
        batch_inference_job_config: Mapping[str, Any] | None = None,
        tags: Sequence[Mapping[str, str]] | None = None,
        batch_inference_job_mode: str | None = None,
        theme_generation_config: Mapping[str, Any] | None = None,
    ) -> dict[str, Any]:
        """Check a job and queue it."""
        check_places(job_input, job_output)
        check_number(num_results, MOST_ITEMS)
        sent = {
            "jobName": job_name,
            "solutionVersionArn": solution_version_arn,
            "filterArn": filter_arn,
            "numResults": num_results,
            "jobInput": job_input,
            "jobOutput": job_output,
            "batchInferenceJobConfig": batch_inference_job_config,
            "roleArn": role_arn,
            "batchInferenceJobMode": batch_inference_job_mode,
            "themeGenerationConfig": theme_generation_config,
        }
        with self._ledger.resources.transaction() as tx:
            version = self._ledger.find_active(
                caller, solution_version_arn, Kind.SOLUTION_VERSION, tx
            )
            entry = self._ledger.recipe(version.sent["recipeArn"])
            check_inference_recipe(entry)
            check_config(entry, batch_inference_job_config)
            check_themes(
                self._ledger, entry, version, batch_inference_job_mode, theme_generation_config, tx
            )
            check_filter(self._ledger, caller, version, entry, filter_arn, tx)
            job = self._ledger.write_down(
                tx,
                caller,
                Kind.BATCH_INFERENCE_JOB,
                job_name,
                sent=sent,
                parent_arn=version.arn,
                tags=tags,
                job=JobKind.BATCH_INFERENCE,
            )
        return {"batchInferenceJobArn": job.arn}

    def describe_batch_inference_job(
        self, caller: Caller, *, batch_inference_job_arn: str
    ) -> dict[str, Any]:
        """One job, as it was sent."""
        job = self._ledger.find(caller, batch_inference_job_arn, Kind.BATCH_INFERENCE_JOB)
        return {"batchInferenceJob": rendered(job)}

    def list_batch_inference_jobs(
        self,
        caller: Caller,
        *,
        solution_version_arn: str | None = None,
        next_token: str | None = None,
        max_results: int | None = None,
    ) -> dict[str, Any]:
        """Jobs of a solution version, or all of the caller."""
        return self._ledger.listed(
            caller,
            Kind.BATCH_INFERENCE_JOB,
            "batchInferenceJobs",
            _summary,
            parent_arn=solution_version_arn,
            next_token=next_token,
            max_results=max_results,
        )


def _summary(job: Resource) -> dict[str, Any]:
    return summary(job, "jobName", "solutionVersionArn", "batchInferenceJobMode")
