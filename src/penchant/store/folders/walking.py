"""Going through a bucket's folder in the order of its keys, from any key on."""

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

Found = TypeVar("Found")


@dataclass(frozen=True, slots=True)
class Asked:
    """Which keys: those with a prefix, after a key; `fold` gives folders below it as prefixes."""

    prefix: str
    after: str
    fold: bool

    def includes(self, key: str) -> bool:
        """Whether this key is asked for."""
        return key > self.after and key.startswith(self.prefix)

    def may_lie_below(self, folder_key: str) -> bool:
        """Whether keys that begin with `a/b/` can be asked for."""
        in_prefix = folder_key.startswith(self.prefix) or self.prefix.startswith(folder_key)
        return in_prefix and (folder_key > self.after or self.after.startswith(folder_key))


def walk_folder(
    folder: Path, at: str, asked: Asked, look: Callable[[str, Path], Found | None]
) -> Iterator[Found | str]:
    """Give what is asked for in a folder and below it.

    Args:
        folder: The folder.
        at: Its key: empty for the bucket's own, else with `/` at the end.
        asked: Which keys.
        look: Says what a key is, None for no object; folders' keys are asked about too.
    """
    if at and asked.includes(at) and (marker := look(at, folder)) is not None:
        yield marker
    for name, path in _entries(folder):
        key = at + name
        if not key.endswith("/"):
            if asked.includes(key) and (found := look(key, path)) is not None:
                yield found
        elif asked.fold and len(key) > len(asked.prefix):
            if asked.includes(key) and _holds_any(path, key, look):
                yield key
        elif asked.may_lie_below(key):
            yield from walk_folder(path, key, asked, look)


def _holds_any(folder: Path, key: str, look: Callable[[str, Path], Found | None]) -> bool:
    below = walk_folder(folder, key, Asked(key, "", fold=False), look)
    return next(below, None) is not None


def _entries(folder: Path) -> list[tuple[str, Path]]:
    """Names in the order of keys, folders with `/`; names that no key can have are left out.

    A folder sorts by its name with `/`, as do all keys in it: `a!`, `a/b`, `a0`.
    """
    try:
        with os.scandir(folder) as entries:
            found = [entry for entry in entries if _is_utf8(entry.name)]
    except FileNotFoundError:  # removed while the walk was under way
        return []
    folders = [(f"{e.name}/", Path(e.path)) for e in found if e.is_dir(follow_symlinks=False)]
    files = [(e.name, Path(e.path)) for e in found if e.is_file(follow_symlinks=False)]
    return sorted(folders + files)


def _is_utf8(name: str) -> bool:
    try:
        name.encode()
    except UnicodeEncodeError:
        return False
    return True
