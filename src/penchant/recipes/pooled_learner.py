"""The training of recipes that pool histories: softmax over the items at every step of windows."""

import math
from functools import partial
from typing import Any, Final

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from penchant.data.training_set import Bools, Float32s, TrainingSet
from penchant.models.arrays import Weights
from penchant.models.pooled import Pooling
from penchant.recipes.contract import Progress, Step
from penchant.recipes.factors import begin_at_factors
from penchant.recipes.losses import raised, sampled_softmax_loss, softmax_loss
from penchant.recipes.met_items import MetItems
from penchant.recipes.pace import Pace, enough_epochs
from penchant.recipes.pooled_contract import DeepNetwork, Plan
from penchant.recipes.returns import ReturnFinder
from penchant.recipes.sampling import Windows, WindowSampler, places_among, row_weights
from penchant.recipes.training import Optimizer, descend, set_weights, training_device
from penchant.recipes.window_tensors import WindowReader

_DEEP_SHARE: Final = 0.2
"""Of the loss of the dear part of a network, where it bears on vectors that all of it reads."""

_DAY_S: Final = 86_400


class PooledLearner:
    """One training, on the device that there is.

    Args:
        plan: How long and how fast.
        pooling: How histories are pooled.
        network: What learns.
        training_set: The rows to learn from.
        learned: Users to learn from (n_users,).
        rng: Source of the windows' order and of negatives; torch has its own.
    """

    def __init__(
        self,
        plan: Plan,
        pooling: Pooling,
        network: Any,
        training_set: TrainingSet,
        learned: Bools,
        rng: np.random.Generator,
    ) -> None:
        self._plan = plan
        self._network = network
        self._training_set = training_set
        self._rng = rng
        self._device = training_device()
        marks = pooling.marks(len(training_set.event_type_names))
        self._reader = WindowReader(training_set, marks, self._device)
        self._items = training_set.item_indices.astype(np.int64)
        self._met = MetItems(training_set, plan.most_softmax, plan.n_negatives)
        n_steps, longest = plan.n_steps, pooling.history_length
        self._sampler = WindowSampler(
            training_set,
            learned,
            length=n_steps,
            max_older=max(longest - n_steps, min(longest - 1, n_steps)),
        )
        self._weights = _weights(training_set, plan)
        self._ages = ages_of(training_set)
        epoch_steps = math.ceil(self._sampler.n_windows / plan.batch_size)
        epochs = plan.epochs or enough_epochs(epoch_steps, usual=4)
        self._pace = Pace(epochs, epoch_steps, plan.learning_rate)
        self._returns = ReturnFinder(training_set, pooling.history_length)

    def begin(self, start: Weights | None) -> None:
        """Set the weights that training goes on from: those of `start`, or the items' factors.

        Raises:
            ValueError: The arrays of `start` are of another shape.
        """
        if start is None:
            table = self._network.table.ids
            begin_at_factors(table, self._training_set, self._plan.warmth, self._rng)
            return
        for name, tensor in self._network.state_dict().items():
            if name not in start or tensor.shape != start[name].shape:
                raise ValueError(f"the model to go on from has another {name}: train without it")
        set_weights(self._network, start)
        self._pace = self._pace.gone_on

    def learn(self, progress: Progress) -> None:
        """Pass over the windows as often as planned."""
        network = self._network.to(self._device)
        pace = self._pace
        optimizer = Optimizer(
            network,
            swift=[network.table.again],
            learning_rate=pace.learning_rate,
            n_steps=pace.n_steps,
            weight_decay=self._plan.weight_decay,
        )
        descend(
            network,
            optimizer,
            pace,
            batches=lambda: self._sampler.epoch(self._rng, self._plan.batch_size),
            loss_of=self._loss,
            progress=progress,
        )
        progress(Step("training", 1.0, pace.epochs, pace.epochs))
        network.eval().cpu()

    def items(self) -> tuple[Float32s, Float32s]:
        """Vectors (n_items, dim) and biases (n_items,) of all items, as learned.

        Items without interactions have the vector of their metadata and the bias of the rarest.
        """
        table, met = self._network.table, torch.as_tensor(self._met.met)
        with torch.no_grad():
            vectors = table.ids.weight * met[:, None] + table.metadata(torch.arange(len(met)))
            rarest = torch.as_tensor(self._met.rarest)
            bias = torch.where(met, table.bias, table.bias[rarest].mean())
        return vectors.numpy(), bias.numpy()

    def _loss(self, windows: Windows) -> Tensor:
        """Of one step."""
        network, tensor = self._network, self._reader.tensor
        candidates = self._met.candidates(self._rng)
        lesson = self._reader.lesson(windows, candidates)
        items, bias = network.table(lesson.items), network.table.bias[lesson.items]
        wanted = windows.targets >= 0
        rows = windows.rows[wanted]
        users, ages = tensor(windows.users), tensor(self._ages[rows])
        state = network.read(items, lesson.windows, users, ages)
        returns = self._returns.find(windows)
        scores = network.scores(state, items[lesson.candidates]) + bias[lesson.candidates]
        cells = tensor(returns.cells(self._items, candidates))
        scores = raised(scores, cells, network.table.again)
        weights = tensor(self._weights[rows])
        sampled = partial(sampled_softmax_loss, weights=weights, n_items=len(self._met))
        is_hit = lesson.candidates[None] == lesson.targets[:, None]
        whole, deep = self._met.all_among(candidates), isinstance(network, DeepNetwork)
        if deep or not whole:
            own = functional.embedding(lesson.targets, items)
            again = network.table.again * tensor(returns.is_return)
            hits = network.hits(state, own) + bias[lesson.targets] + again
        if whole:
            places = tensor(places_among(candidates, windows.targets[wanted]))
            loss = softmax_loss(scores, places, weights)
        else:
            loss = sampled(hits, scores, is_hit)
        if not deep:
            return loss
        some = torch.randperm(len(candidates), device=self._device)[: self._plan.n_deep]
        # what the rest learned from all items is not to follow what few of them tell
        added = network.deep_scores(state, items[lesson.candidates[some]])
        added = scores[:, some].detach() + added
        hits = hits.detach() + network.deep_hits(state, own)
        return loss + _DEEP_SHARE * sampled(hits, added, is_hit[:, some])


def ages_of(training_set: TrainingSet) -> Float32s:
    """Share of the rows' time that lies after each row, 0 to 1, (n_rows,)."""
    times = training_set.timestamps
    span = max(int(times.max() - times.min()), _DAY_S)
    ages: Float32s = ((times.max() - times) / span).astype(np.float32)
    return ages


def _weights(training_set: TrainingSet, plan: Plan) -> Float32s:
    weights = row_weights(training_set, recency=plan.recency)
    if training_set.weights is None:
        return weights
    weighed: Float32s = weights * training_set.weights
    return weighed
