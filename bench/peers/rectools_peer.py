"""Models of RecTools; transformers are looked at after every epoch."""

import copy
import warnings
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from pytorch_lightning import Callback, Trainer, seed_everything
from rectools import Columns
from rectools.dataset import Dataset
from rectools.models import BERT4RecModel, EASEModel, HSTUModel, SASRecModel
from rows import LIST_LENGTH, Fitted, Options, Peer, Rows, Spent, now

if TYPE_CHECKING:
    import torch

# The library's defaults but 64 dimensions and 2 heads, so that two cores can learn them, and
# batches of 32 users, as batches of 128 make 8 steps of an epoch of 1 000 users.
_SMALL: dict[str, Any] = {"n_factors": 64, "n_heads": 2, "batch_size": 32}
_TRANSFORMERS: dict[str, tuple[type, dict[str, Any]]] = {
    "RecTools SASRec": (SASRecModel, _SMALL),
    "RecTools BERT4Rec": (BERT4RecModel, _SMALL),
    "RecTools HSTU": (HSTUModel, _SMALL),
}


class _Watch(Callback):
    """Keeps the weights of every epoch with the seconds of learning, and stops in time."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self.began = now()
        self.states: list[tuple[Spent, int, dict[str, torch.Tensor]]] = []

    def on_train_start(self, *_: Any) -> None:
        self.began = now()

    def on_train_epoch_end(self, trainer: Trainer, module: Any) -> None:
        spent = now() - self.began
        state = copy.deepcopy(module.state_dict())
        self.states.append((spent, trainer.current_epoch + 1, state))
        trainer.should_stop = spent.cpu_s >= self.seconds
        print(f"epoch {trainer.current_epoch + 1}: {spent}", flush=True)


def transformer(name: str) -> Peer:
    kind, settings = _TRANSFORMERS[name]

    def fit(rows: Rows, options: Options) -> Iterator[Fitted]:
        warnings.simplefilter("ignore")
        seed_everything(options.seed, verbose=False)
        model = kind(
            **settings,
            epochs=options.epochs,
            train_min_user_interactions=2,
            recommend_torch_device="cpu",
            get_trainer_func=lambda: Trainer(
                max_epochs=options.epochs,
                accelerator="cpu",
                logger=False,
                enable_checkpointing=False,
                enable_progress_bar=False,
                enable_model_summary=False,
                callbacks=[_Watch(options.seconds)],  # fit() works on a copy
            ),
        )
        dataset = _dataset(rows)
        model.fit(dataset)
        (watch,) = (one for one in model.fit_trainer.callbacks if isinstance(one, _Watch))
        if not watch.states:
            raise RuntimeError("the trainer ended without an epoch")
        for spent, epoch, state in watch.states:
            model.lightning_model.load_state_dict(state)
            yield Fitted(spent, epoch, _ranker(model, dataset, rows))

    return fit


def ease(rows: Rows, _: Options) -> Iterator[Fitted]:
    began = now()
    model, dataset = EASEModel(regularization=500), _dataset(rows)
    model.fit(dataset)
    yield Fitted(now() - began, 0, _ranker(model, dataset, rows))


def _dataset(rows: Rows) -> Dataset:
    return Dataset.construct(
        pd.DataFrame(
            {
                Columns.User: rows.users,
                Columns.Item: rows.items,
                Columns.Weight: 1.0,
                Columns.Datetime: pd.to_datetime(rows.timestamps, unit="s"),
            }
        )
    )


def _ranker(model: Any, dataset: Dataset, rows: Rows) -> Callable[[bool], np.ndarray]:
    last = pd.Series(rows.timestamps).groupby(rows.users).max()[rows.test_users]
    asked_at = pd.to_datetime(last.to_numpy() + 1, unit="s")
    context = pd.DataFrame({Columns.User: rows.test_users, Columns.Datetime: asked_at})
    place = np.full(rows.n_users, -1)
    place[rows.test_users] = np.arange(len(rows.test_users))

    def rank(remove_seen: bool) -> np.ndarray:
        found = model.recommend(
            users=rows.test_users,
            dataset=dataset,
            k=LIST_LENGTH,
            filter_viewed=remove_seen,
            on_unsupported_targets="ignore",
            context=context if model.require_recommend_context else None,
        )
        lists = np.full((len(rows.test_users), LIST_LENGTH), -1)
        users = place[found[Columns.User].to_numpy()]
        lists[users, found[Columns.Rank].to_numpy() - 1] = found[Columns.Item].to_numpy()
        return lists

    return rank


PEERS: dict[str, Peer] = {"RecTools EASE": ease} | {
    name: transformer(name) for name in _TRANSFORMERS
}
