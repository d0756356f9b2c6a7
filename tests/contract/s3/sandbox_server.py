"""The sandbox behind the real edge, as a process of its own: `sandbox_server.py ROOT`."""

import sys
from dataclasses import dataclass
from pathlib import Path

from penchant.edge.application import application
from penchant.edge.server import serve
from penchant.sandbox.application import application as sandbox
from penchant.sandbox.temporary_keys import TemporaryKeys
from penchant.settings import Settings


@dataclass(frozen=True)
class Key:
    id: str
    secret: str
    account: str


KEYS = {
    "AKIAONE": Key("AKIAONE", "first secret", "111111111111"),
    "AKIATWO": Key("AKIATWO", "second secret", "222222222222"),
}


class Keys:
    def __init__(self) -> None:
        self.temporary = TemporaryKeys(KEYS.get)

    def find(self, access_key_id: str):
        return KEYS.get(access_key_id) or self.temporary.find(access_key_id)


def main(root: Path) -> None:
    keys = Keys()
    served = sandbox(root, account="111111111111", register=keys.temporary.add)
    app = application({}, keys, served, Settings())
    serve(app, "127.0.0.1", 0, lambda address: print(address, flush=True))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
