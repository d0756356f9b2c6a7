"""Sequential models of RecBole, looked at after every epoch.

RecBole learns every prefix of a history as a row of its own, newest 50 items; loss and sizes are
its defaults (cross-entropy, 64 dimensions, batches of 2048).
"""

import tempfile
from collections.abc import Callable, Iterator
from logging import CRITICAL, getLogger
from pathlib import Path
from typing import Any

import numpy as np
import torch
from recbole.config import Config
from recbole.data import create_dataset
from recbole.data.dataloader import TrainDataLoader
from recbole.data.interaction import Interaction
from recbole.utils import get_model, get_trainer, init_seed
from rows import Fitted, Options, Peer, Rows, Spent, lists_of, now

_BATCH = 512


def sequential(name: str) -> Peer:
    def fit(rows: Rows, options: Options) -> Iterator[Fitted]:
        getLogger().setLevel(CRITICAL)
        with tempfile.TemporaryDirectory() as folder:
            config = _config(name, rows, options, Path(folder))
            init_seed(options.seed, reproducibility=True)
            dataset = create_dataset(config)
            train = dataset.build()[0]
            loader = TrainDataLoader(config, train, None, shuffle=True)
            model = get_model(name)(config, train).to(config["device"])
            trainer = get_trainer(config["MODEL_TYPE"], name)(config, model)
            spent = Spent(0.0, 0.0)
            for epoch in range(1, options.epochs + 1):
                before = now() - spent
                model.train()
                trainer._train_epoch(loader, epoch - 1)  # noqa: SLF001  # fit() would evaluate too
                spent = now() - before
                print(f"epoch {epoch}: {spent}", flush=True)
                yield Fitted(spent, epoch, _ranker(model, dataset, rows))
                if spent.cpu_s >= options.seconds:
                    return

    return fit


def _config(name: str, rows: Rows, options: Options, folder: Path) -> Config:
    (folder / "rows").mkdir()
    # A time of its own for every row keeps the order of rows of one time.
    table = np.stack([rows.users, rows.items, np.arange(len(rows.users))], axis=1)
    np.savetxt(
        folder / "rows" / "rows.inter",
        table,
        fmt="%d",
        delimiter="\t",
        header="user_id:token\titem_id:token\ttimestamp:float",
        comments="",
    )
    return Config(
        model=name,
        dataset="rows",
        config_dict={
            "data_path": str(folder),
            "checkpoint_dir": str(folder),
            "load_col": {"inter": ["user_id", "item_id", "timestamp"]},
            "eval_args": {
                "split": {"RS": [1, 0, 0]},
                "group_by": "user",
                "order": "TO",
                "mode": "full",
            },
            "train_neg_sample_args": None,
            "use_gpu": False,
            "seed": options.seed,
            "show_progress": False,
            "epochs": options.epochs,
        },
    )


def _ranker(model: Any, dataset: Any, rows: Rows) -> Callable[[bool], np.ndarray]:
    tokens = dataset.field2id_token["item_id"]
    ours = np.array([-1, *(int(token) for token in tokens[1:])])
    theirs = np.zeros(rows.n_items, np.int64)
    theirs[ours[1:]] = np.arange(1, len(ours))
    histories = rows.histories()

    def rank(remove_seen: bool) -> np.ndarray:
        model.eval()
        lists = []
        for start in range(0, len(histories), _BATCH):
            some = histories[start : start + _BATCH]
            scores = np.full((len(some), rows.n_items), -np.inf, np.float32)
            with torch.no_grad():
                scores[:, ours[1:]] = _scores(model, [theirs[one] for one in some])[:, 1:]
            lists.append(lists_of(scores, some if remove_seen else None))
        return np.concatenate(lists)

    return rank


def _scores(model: Any, histories: list[np.ndarray]) -> np.ndarray:
    length = model.max_seq_length
    items = torch.zeros(len(histories), length, dtype=torch.int64)
    sizes = torch.ones(len(histories), dtype=torch.int64)
    for row, history in enumerate(histories):
        newest = history[-length:]
        items[row, : len(newest)] = torch.from_numpy(newest)
        sizes[row] = len(newest)
    asked = Interaction({model.ITEM_SEQ: items, model.ITEM_SEQ_LEN: sizes})
    return np.asarray(model.full_sort_predict(asked)).reshape(len(histories), -1)


PEERS: dict[str, Peer] = {
    "RecBole SASRec": sequential("SASRec"),
    "RecBole GRU4Rec": sequential("GRU4Rec"),
}
