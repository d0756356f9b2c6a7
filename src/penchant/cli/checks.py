"""What `penchant doctor` looks at: each check is a function from its inputs to one finding."""

import importlib
import shutil
import sqlite3
import sys
import time
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from importlib import metadata
from pathlib import Path
from typing import Any, Final

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from sqlalchemy.exc import SQLAlchemyError

from penchant import app
from penchant.cli.data_folder import DataFolder
from penchant.cli.refusal import Refusal
from penchant.cli.states import State
from penchant.settings import Settings

_LOW_DISK_BYTES: Final = 5 * 2**30
_NO_DISK_BYTES: Final = 2**29
_SANDBOX_MODULES: Final = ("moto", "a2wsgi", "flask", "flask_cors")


@dataclass(frozen=True, slots=True)
class Finding:
    """What one check found, and what to do about it (empty when it is well)."""

    name: str
    state: State
    detail: str
    next_step: str = ""


def python_version(found: tuple[int, int, int] = sys.version_info[:3]) -> Finding:
    """Python has to be 3.11 or newer."""
    detail = ".".join(map(str, found))
    if found < (3, 11, 0):
        return Finding("python", State.FAIL, detail, "install Python 3.11 or newer")
    return Finding("python", State.OK, detail)


def disk_space(folder: Path) -> Finding:
    """Imports spill to disk; a full one fails them."""
    existing = next(path for path in (folder, *folder.absolute().parents) if path.exists())
    free = shutil.disk_usage(existing).free
    detail = f"{free / 2**30:.1f} GiB free at {existing}"
    if free < _NO_DISK_BYTES:
        return Finding("disk space", State.FAIL, detail, "free some, or move --data elsewhere")
    if free < _LOW_DISK_BYTES:
        return Finding("disk space", State.WARN, detail, "large imports may not fit")
    return Finding("disk space", State.OK, detail)


def data_folder(folder: DataFolder) -> Finding:
    """The folder has to be ours and writable; one that is not there yet is fine."""
    if not folder.path.exists():
        step = f"it is made by: penchant up --data {folder.path}"
        return Finding("data folder", State.WARN, f"{folder.path} is not there yet", step)
    try:
        folder.claim()
        probe = folder.path / ".doctor"
        probe.write_text("", "utf-8")
        probe.unlink()
    except (Refusal, OSError) as error:
        return Finding("data folder", State.FAIL, str(error), "name another with --data")
    return Finding("data folder", State.OK, str(folder.path))


def database(settings: Settings) -> Finding:
    """The database has to answer and take the newest migrations."""
    if not settings.database_url and not settings.data_dir.exists():
        return Finding("database", State.WARN, "not made yet", "it is made by: penchant up")
    try:
        app.open_house(settings).close()
    except (SQLAlchemyError, OSError, ValueError) as error:
        line = str(error).splitlines()[0]
        return Finding("database", State.FAIL, line, "check PENCHANT_DATABASE_URL")
    if settings.database_url:
        return Finding("database", State.OK, "reachable and migrated")
    return Finding("database", State.OK, f"SQLite {sqlite3.sqlite_version}, migrated")


def trainer() -> Finding:
    """Trainings need torch; CUDA is used where it is found."""
    try:
        torch: Any = importlib.import_module("torch")
    except ImportError as error:
        return Finding("training", State.FAIL, str(error), "pip install torch")
    if torch.cuda.is_available():
        detail = f"torch {torch.__version__} on {torch.cuda.get_device_name(0)}"
        return Finding("training", State.OK, detail)
    return Finding("training", State.OK, f"torch {torch.__version__} on the CPU, no CUDA found")


def answerer() -> Finding:
    """Answers need onnxruntime."""
    try:
        importlib.import_module("onnxruntime")
    except ImportError as error:
        return Finding("answering", State.FAIL, str(error), "pip install onnxruntime")
    return Finding("answering", State.OK, f"onnxruntime {metadata.version('onnxruntime')}")


def sandbox() -> Finding:
    """STS, IAM, SSM and the like come from the extra `sandbox`; S3 does not need it."""
    missing = [name for name in _SANDBOX_MODULES if importlib.util.find_spec(name) is None]
    if missing:
        return Finding(
            "sandbox",
            State.WARN,
            f"not installed: {', '.join(missing)}; STS, IAM and SSM will not answer",
            "pip install 'penchant[sandbox]'",
        )
    return Finding("sandbox", State.OK, f"moto {metadata.version('moto')}")


def server(folder: DataFolder) -> tuple[Finding, float | None]:
    """A signed ListRecipes at the noted address; also the server's clock less ours, in seconds."""
    try:
        key, address = folder.read_key(), folder.read_endpoint()
        region = folder.read_region()
    except Refusal as error:
        return Finding("server", State.WARN, "has not run here yet", _next_step(error)), None
    client = boto3.client(
        "personalize",
        endpoint_url=address,
        region_name=region,
        aws_access_key_id=key.access_key_id,
        aws_secret_access_key=key.secret_access_key,
        config=Config(
            connect_timeout=2, read_timeout=10, retries={"total_max_attempts": 1}, proxies={}
        ),
    )
    try:
        answer = client.list_recipes()
    except ClientError as error:
        step = "make a key: penchant credentials create"
        return Finding("server", State.FAIL, f"{address}: {error}", step), None
    except BotoCoreError as error:
        step = f"start it: penchant up --data {folder.path}"
        return Finding("server", State.WARN, f"{address} does not answer: {error}", step), None
    skew_s = _skew_s(answer["ResponseMetadata"]["HTTPHeaders"].get("date"))
    n_recipes = len(answer["recipes"])
    return Finding("server", State.OK, f"{address} answers with {n_recipes} recipes"), skew_s


def clock(settings: Settings, skew_s: float | None, now: float | None = None) -> Finding:
    """Signatures carry the time; a clock that is off makes every request fail."""
    now = time.time() if now is None else now
    year = time.gmtime(now).tm_year
    if year < 2024:
        return Finding("clock", State.FAIL, f"it says {year}", "set the clock, best by NTP")
    if skew_s is not None and abs(skew_s) > settings.clock_skew_s:
        detail = f"{abs(skew_s):.0f} s away from the server's"
        return Finding("clock", State.FAIL, detail, "set both clocks, best by NTP")
    return Finding("clock", State.OK, time.strftime("%Y-%m-%d %H:%M:%SZ", time.gmtime(now)))


def _skew_s(date: str | None) -> float | None:
    return parsedate_to_datetime(date).timestamp() - time.time() if date else None


def _next_step(error: Refusal) -> str:
    return str(error).rpartition("; ")[2]
