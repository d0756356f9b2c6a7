"""The data folder as the command line sees it: is it ours, and how do clients find its server?

Besides what the server keeps there, the folder holds four small files for people and their
programs: `penchant.json` (marks the folder as Penchant's), `credentials` and `config` (AWS's own
formats) and `endpoint` (the server's address).
"""

import fcntl
import io
import json
from collections.abc import Iterator
from configparser import Error as ConfigError
from configparser import RawConfigParser
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from penchant.cli.atomic import write_atomically
from penchant.cli.refusal import Refusal

FORMAT: Final = 1
_MARK: Final = "penchant.json"
_LOCK: Final = "lock"
_DATABASE: Final = "penchant.db"
_PROFILE: Final = "default"


@dataclass(frozen=True, slots=True)
class KeyPair:
    """An access key as AWS's credentials file names it."""

    access_key_id: str
    secret_access_key: str


@dataclass(frozen=True, slots=True)
class DataFolder:
    """One data folder; nothing is read or made before a method is called."""

    path: Path

    @property
    def credentials(self) -> Path:
        """The administrator's key, in AWS's shared-credentials format."""
        return self.path / "credentials"

    @property
    def config(self) -> Path:
        """Region and endpoint, in the format of AWS's config file."""
        return self.path / "config"

    @property
    def endpoint(self) -> Path:
        """The address at which the server answers, or last answered."""
        return self.path / "endpoint"

    def claim(self) -> None:
        """Make the folder if it is missing, and mark it as Penchant's.

        Raises:
            Refusal: It is a file, is not writable, holds somebody else's files, or was made by a
                newer Penchant.
        """
        try:
            self.path.mkdir(parents=True, exist_ok=True)
            if not (self.path / _MARK).exists():
                self._refuse_foreign_files()
                write_atomically(self.path / _MARK, json.dumps({"format": FORMAT}) + "\n")
            self._refuse_newer_format()
        except (FileExistsError, NotADirectoryError):
            raise Refusal(f"{self.path} is not a folder; name another with --data") from None
        except PermissionError:
            raise Refusal(
                f"no permission to write in {self.path}; change its owner or name another folder"
                " with --data"
            ) from None
        except OSError as error:
            raise Refusal(f"{self.path} can't be used: {error.strerror}") from None

    @contextmanager
    def held(self) -> Iterator[bool]:
        """Whether this process is the first server here; the hold ends with it, however it ends."""
        with (self.path / _LOCK).open("w") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                yield False
            else:
                yield True

    def _refuse_foreign_files(self) -> None:
        names = {entry.name for entry in self.path.iterdir() if not entry.name.startswith(".")}
        if names and _DATABASE not in names:
            raise Refusal(
                f"{self.path} holds other files ({min(names)}) and was not made by Penchant; name"
                " an empty or new folder with --data"
            )

    def _refuse_newer_format(self) -> None:
        try:
            found = json.loads((self.path / _MARK).read_text("utf-8"))["format"]
        except (ValueError, KeyError, TypeError):
            raise Refusal(
                f"{self.path / _MARK} is damaged; it should hold {{'format': 1}}"
            ) from None
        if found != FORMAT:
            raise Refusal(
                f"{self.path} has format {found}, this Penchant knows format {FORMAT}; install the"
                " version that made it"
            )

    def write_key(self, key: KeyPair) -> None:
        """Write the credentials file, readable by its owner only."""
        text = (
            f"[{_PROFILE}]\n"
            f"aws_access_key_id = {key.access_key_id}\n"
            f"aws_secret_access_key = {key.secret_access_key}\n"
        )
        write_atomically(self.credentials, text, mode=0o600)

    def read_key(self) -> KeyPair:
        """The administrator's key.

        Raises:
            Refusal: There is none yet, or the file can't be read.
        """
        profile = self._profile(self.credentials)
        try:
            return KeyPair(profile["aws_access_key_id"], profile["aws_secret_access_key"])
        except KeyError as error:
            raise Refusal(f"{self.credentials} has no {error.args[0]} in [{_PROFILE}]") from None

    def write_endpoint(self, address: str, region: str) -> None:
        """Note where the server answers; other profiles in `config` are kept."""
        write_atomically(self.endpoint, address + "\n")
        parser = RawConfigParser()
        parser.read(self.config, encoding="utf-8")
        parser[_PROFILE] = {"region": region, "endpoint_url": address}
        text = io.StringIO()
        parser.write(text)
        write_atomically(self.config, text.getvalue())

    def read_endpoint(self) -> str:
        """The server's address.

        Raises:
            Refusal: No server has run here yet, or the file can't be read.
        """
        return self._text(self.endpoint).strip()

    def read_region(self) -> str:
        """The region clients should name.

        Raises:
            Refusal: No server has run here yet, or the file can't be read.
        """
        return self._profile(self.config).get("region", "us-east-1")

    def _profile(self, path: Path) -> dict[str, str]:
        parser = RawConfigParser()
        try:
            parser.read_string(self._text(path))
            return dict(parser[_PROFILE])
        except (ConfigError, KeyError):
            raise Refusal(f"{path} is damaged: it should have a profile [{_PROFILE}]") from None

    def _text(self, path: Path) -> str:
        try:
            return path.read_text("utf-8")
        except (FileNotFoundError, NotADirectoryError):
            raise Refusal(
                f"no server has run in {self.path} yet; start one with: penchant up --data"
                f" {self.path}"
            ) from None
        except PermissionError:
            raise Refusal(f"no permission to read {path}; ask its owner for a key") from None
