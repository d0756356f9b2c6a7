"""All stores of one installation, opened together."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import boto3
from sqlalchemy import Engine

from penchant.domain.resources import utc_now
from penchant.settings import Settings
from penchant.store.cursors import Cursors
from penchant.store.database import connect, migrate
from penchant.store.events import EventLog
from penchant.store.keys import AccessKeys
from penchant.store.objects import Objects
from penchant.store.records import Records
from penchant.store.resources import CURSORS, Resources
from penchant.store.secrets import secret
from penchant.store.shown import ShownLists
from penchant.store.tags import Tags
from penchant.store.usage import Usage


@dataclass(frozen=True, slots=True)
class Stores:
    """Everything that is kept, each kind behind its own store."""

    engine: Engine
    resources: Resources
    tags: Tags
    keys: AccessKeys
    events: EventLog
    records: Records
    objects: Objects
    shown: ShownLists
    cursors: Cursors
    usage: Usage

    def close(self) -> None:
        """Write what waits, then let go of the database."""
        self.events.close()
        self.shown.close()
        self.usage.close()
        self.engine.dispose()


def open_stores(settings: Settings) -> Stores:
    """Open the database, bring it to the present form, and find the objects."""
    engine = connect(settings.sqlalchemy_url)
    migrate(engine)
    lifetime = timedelta(seconds=settings.next_token_s)
    cursors = Cursors(partial(secret, engine, CURSORS), utc_now, lifetime)
    resources = Resources(engine, cursors)
    return Stores(
        engine=engine,
        resources=resources,
        tags=Tags(engine),
        keys=AccessKeys(engine),
        events=EventLog(engine),
        records=Records(engine),
        objects=Objects(
            sandbox_root(settings), _s3_client(settings), settings.file_roots, settings.account
        ),
        shown=ShownLists(engine, utc_now),
        cursors=cursors,
        usage=Usage(engine, resources),
    )


def sandbox_root(settings: Settings) -> Path | None:
    """Where the built-in S3 keeps its buckets; None where a real endpoint is configured."""
    return None if settings.s3_endpoint_url else settings.data_dir / "s3"


def _s3_client(settings: Settings) -> Callable[[], Any] | None:
    if not settings.s3_endpoint_url:
        return None
    return lambda: boto3.client(
        "s3",
        endpoint_url=settings.s3_endpoint_url,
        region_name=settings.region,
        aws_access_key_id=settings.s3_access_key_id or None,
        aws_secret_access_key=settings.s3_secret_access_key or None,
    )
