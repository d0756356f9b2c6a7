"""Fit one peer on rows and write its ranked lists; runs in the peers' own environment.

    python bench/peers/run.py --peer "implicit ALS" --rows rows.npz --out FOLDER

`rows.npz` holds the arrays of `rows.Rows`. The folder receives one file per state of the model,
`0001.npz`, ...: `kept` and `removed` (n_test_users, 25), `wall_s`, `cpu_s` and `epoch`. Torch takes
as many threads as OMP_NUM_THREADS says.
"""

import argparse
from importlib import import_module
from pathlib import Path

import numpy as np
from rows import Options, read_rows

MODULES = {
    "implicit": "implicit_peer",
    "RecTools": "rectools_peer",
    "RecBole": "recbole_peer",
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--peer", required=True)
    parser.add_argument("--rows", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--epochs", type=int, default=1000)
    parser.add_argument("--seconds", type=float, default=600, help="of CPU, for learning")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args()
    peers = import_module(MODULES[given.peer.split()[0]]).PEERS
    options = Options(given.epochs, given.seconds, given.threads, given.seed)
    given.out.mkdir(parents=True, exist_ok=True)
    for number, fitted in enumerate(peers[given.peer](read_rows(given.rows), options), start=1):
        np.savez(
            given.out / f"{number:04}.npz",
            kept=fitted.rank(False).astype(np.int32),
            removed=fitted.rank(True).astype(np.int32),
            wall_s=fitted.spent.wall_s,
            cpu_s=fitted.spent.cpu_s,
            epoch=fitted.epoch,
        )


if __name__ == "__main__":
    main()
