"""Every setting: its name, unit, default and environment variable.

A setting `import_memory_bytes` is read from `PENCHANT_IMPORT_MEMORY_BYTES`. Command line options
override the environment.
"""

import math
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any, Final

PREFIX: Final = "PENCHANT_"
LARGEST_SEED: Final = 2**32 - 1
"""The largest that every source of randomness takes."""


def _setting(
    default: Any,
    doc: str,
    *,
    least: float | None = None,
    most: float | None = None,
    pattern: str | None = None,
) -> Any:
    metadata = {"doc": doc, "least": least, "most": most, "pattern": pattern}
    return field(default=default, metadata=metadata)


def _quota(what: str, of_the_service: int) -> Any:
    doc = f"{what}, the most that there may be (the service: {of_the_service}); 0: no bound."
    return _setting(0, doc, least=0)


def _rate(what: str, of_the_service: str) -> Any:
    doc = f"{what} that a process takes in a second (the service: {of_the_service}); 0: no bound."
    return _setting(0.0, doc, least=0)


@dataclass(frozen=True, slots=True)
class Settings:
    """All settings of one installation; values are checked by `read`."""

    data_dir: Path = _setting(Path("penchant-data"), "Folder below which everything is kept.")
    host: str = _setting("127.0.0.1", "Address to listen on.")
    port: int = _setting(8080, "Port to listen on; 0 takes a free one.", least=0)
    database_url: str = _setting(
        "", "SQLAlchemy address of the database; empty means SQLite in the data folder."
    )
    account: str = _setting(
        "000000000000", "Account (12 digits) of the first administrator key.", pattern="[0-9]{12}"
    )
    region: str = _setting("us-east-1", "Region that `penchant env` and the demo name.")
    s3_endpoint_url: str = _setting(
        "", "S3 endpoint to read and write s3:// objects; empty means the built-in sandbox."
    )
    s3_access_key_id: str = _setting("", "Key for `s3_endpoint_url`; empty: AWS's own chain.")
    s3_secret_access_key: str = _setting("", "Secret for `s3_access_key_id`.")
    file_roots: tuple[Path, ...] = _setting(
        (), "Folders below which file:// addresses may point, separated by `:`."
    )
    max_body_bytes: int = _setting(
        8 * 2**20, "Longest request body taken by the three services.", least=1
    )
    clock_skew_s: int = _setting(300, "How far a signature's time may be from ours.", least=0)
    import_memory_bytes: int = _setting(
        2**30, "Memory that an import may use before it spills.", least=2**20
    )
    minimum_interactions: int = _setting(
        1000,
        "Fewest interactions that an import or a training takes, the service's own minimum.",
        least=1,
    )
    import_threads: int = _setting(2, "Threads of an import.", least=1)
    training_threads: int = _setting(1, "Threads of a training.", least=1)
    tuning_processes: int = _setting(
        0,
        "Processes that try hyper-parameters at a time, at most as many as the solution's "
        "maxParallelTrainingJobs; 0: as many as there are cores.",
        least=0,
    )
    n_workers: int = _setting(
        1,
        "Trainings that a worker process does at a time; other jobs never wait for them.",
        least=1,
    )
    lease_s: float = _setting(
        15.0, "After this long without a heart-beat a job is taken over.", least=0.01
    )
    heartbeat_s: float = _setting(1.0, "Time between two heart-beats of a running job.", least=0.01)
    max_attempts: int = _setting(10, "How often a job is begun before its resource fails.", least=1)
    renewal_s: float = _setting(
        7200.0,
        "Time between two renewals of a deployed solution version, which takes in new items and "
        "counts; 0 turns all of them off.",
        least=0,
    )
    recommender_training_s: float = _setting(
        604800.0,
        "Time between two trainings of a recommender, counted from its creation; 0 turns them off.",
        least=0,
    )
    incremental_update_s: float = _setting(
        1800.0,
        "Time between two renewals of a version whose solution has performIncrementalUpdate.",
        least=1,
    )
    auto_training_delay_s: float = _setting(
        3600.0,
        "Time before the first training of a solution that trains itself, as all do unless "
        "performAutoTraining is false; 0 turns automatic trainings off.",
        least=0,
    )
    custom_recipes: tuple[Path, ...] = _setting(
        (), "TOML files of recipes that programs or containers learn, separated by `:`."
    )
    text_embedding_model: str = _setting(
        "",
        "What aws-semantic-similarity embeds texts with: a folder of a sentence-transformers model "
        "with an ONNX file, or a model's name at `text_embedding_endpoint_url`; empty means latent "
        "semantic analysis of the items' own texts.",
    )
    text_embedding_endpoint_url: str = _setting(
        "",
        "OpenAI-compatible endpoint, such as http://127.0.0.1:11434/v1, that embeds texts.",
        pattern="(https?://.+)?",
    )
    text_embedding_api_key: str = _setting("", "Bearer token for `text_embedding_endpoint_url`.")
    text_embedding_batch: int = _setting(64, "Texts embedded at a time.", least=1)
    text_embedding_timeout_s: float = _setting(
        60.0, "How long the endpoint may take for a batch.", least=0.1
    )
    next_token_s: float = _setting(
        86400.0, "How long the nextToken of a list can be used.", least=1
    )
    quota_schemas: int = _quota("Schemas of an account in a region", 500)
    quota_dataset_groups: int = _quota("Dataset groups of an account in a region", 5)
    quota_pending_import_jobs: int = _quota("Import jobs that have not ended", 5)
    quota_pending_solution_versions: int = _quota("Solution versions that are not trained yet", 20)
    quota_pending_batch_inference_jobs: int = _quota("Batch inference jobs that have not ended", 5)
    quota_pending_batch_segment_jobs: int = _quota("Batch segment jobs that have not ended", 5)
    quota_pending_data_deletion_jobs: int = _quota("Data deletion jobs that have not ended", 5)
    quota_solutions: int = _quota("Solutions of a dataset group", 10)
    quota_campaigns: int = _quota("Campaigns of a dataset group", 5)
    quota_recommenders: int = _quota("Recommenders of a dataset group", 5)
    quota_filters: int = _quota("Filters of a dataset group", 30)
    quota_filter_fields: int = _quota("Distinct fields of a filter", 10)
    quota_group_filter_fields: int = _quota(
        "Distinct fields over all filters of a dataset group", 20
    )
    rate_put_events: float = _rate("PutEvents requests of an event tracker", "1000")
    rate_put_action_interactions: float = _rate(
        "PutActionInteractions requests of a dataset", "1000"
    )
    rate_put_items: float = _rate("PutItems requests of a dataset", "10")
    rate_put_users: float = _rate("PutUsers requests of a dataset", "10")
    rate_put_actions: float = _rate("PutActions requests of a dataset", "10")
    rate_campaign: float = _rate(
        "Requests to a campaign or recommender, each operation by itself,", "500"
    )
    rate_runtime: float = _rate("Requests for recommendations of an account in a region", "2500")
    rate_control_plane: float = _rate(
        "Requests to the control plane of an account in a region", "not told"
    )
    batch_processes: int = _setting(
        0, "Processes of a batch job; 0: as many as there are cores.", least=0
    )
    theme_endpoint_url: str = _setting(
        "",
        "OpenAI-compatible endpoint whose language model names the themes of batch inference jobs; "
        "empty means the words that the items share.",
        pattern="(https?://.+)?",
    )
    theme_model: str = _setting("", "The language model's name at `theme_endpoint_url`.")
    theme_api_key: str = _setting("", "Bearer token for `theme_endpoint_url`.")
    theme_timeout_s: float = _setting(
        60.0, "How long the language model may take for a theme.", least=0.1
    )
    max_history: int = _setting(200, "Newest interactions per user kept for answering.", least=1)
    seed: int = _setting(0, "Seed of every training and split.", least=0, most=LARGEST_SEED)
    log_level: str = _setting(
        "INFO", "DEBUG, INFO, WARNING or ERROR.", pattern="DEBUG|INFO|WARNING|ERROR"
    )
    access_log: str = _setting(
        "failed",
        "Requests that have a line in the log: all, failed or none.",
        pattern="all|failed|none",
    )
    metrics_token: str = _setting(
        "",
        "Bearer token that `/metrics` asks for; empty: told to clients on this machine alone.",
        pattern="[!-~]*",
    )

    @property
    def sqlalchemy_url(self) -> str:
        """The database's address, SQLite in the data folder unless one is set."""
        return self.database_url or f"sqlite:///{self.data_dir.absolute() / 'penchant.db'}"


def read(environment: Mapping[str, str] = os.environ, **overrides: Any) -> Settings:
    """Read the settings from the environment; `overrides` that are not None win.

    Raises:
        ValueError: A variable does not hold a value of its setting's type, no setting has its
            name, or a value is out of range.
    """
    known = {setting.name: setting.type for setting in fields(Settings)}
    values: dict[str, Any] = {}
    for variable, text in environment.items():
        if variable.startswith(PREFIX):
            name = variable.removeprefix(PREFIX).lower()
            if name not in known:
                raise ValueError(f"{variable} is set, but there is no setting {name!r}")
            values[name] = _parse(variable, text, known[name])
    values |= {name: value for name, value in overrides.items() if value is not None}
    settings = Settings(**values)
    _check(settings)
    return settings


def _parse(variable: str, text: str, kind: Any) -> Any:
    if kind == tuple[Path, ...]:
        return tuple(Path(part) for part in text.split(":") if part)
    try:
        return kind(text)
    except ValueError:
        raise ValueError(f"{variable}={text!r} is not of type {kind.__name__}") from None


def _check(settings: Settings) -> None:
    for setting in fields(Settings):
        value = getattr(settings, setting.name)
        least, pattern = setting.metadata["least"], setting.metadata["pattern"]
        if least is not None and not least <= value < math.inf:
            raise ValueError(f"{setting.name} is {value}; the least that it can be is {least}")
        most = setting.metadata["most"]
        if most is not None and value > most:
            raise ValueError(f"{setting.name} is {value}; the most that it can be is {most}")
        if pattern is not None and not re.fullmatch(pattern, value):
            raise ValueError(f"{setting.name} is {value!r}: {setting.metadata['doc'].rstrip('.')}")
    if settings.heartbeat_s >= settings.lease_s:
        raise ValueError(
            f"heartbeat_s is {settings.heartbeat_s}, which is not shorter than lease_s, "
            f"{settings.lease_s}: every job would be taken for dead"
        )


def environment(settings: Settings) -> dict[str, str]:
    """The variables from which `read` makes these settings again, for a child process."""
    return {
        PREFIX + setting.name.upper(): _text(getattr(settings, setting.name))
        for setting in fields(Settings)
    }


def _text(value: Any) -> str:
    return ":".join(map(str, value)) if isinstance(value, tuple) else str(value)
