"""The training of recipes that pool histories: softmax over the items at every step of windows."""

import math
from collections.abc import Mapping
from functools import partial
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor, nn
from torch.nn import functional

from penchant.data.training_set import Bools, Float32s, Int64s, TrainingSet
from penchant.models.marks import N_COLUMNS
from penchant.models.pooled import Pooling
from penchant.recipes.contract import Progress, Step
from penchant.recipes.factors import item_factors
from penchant.recipes.losses import sampled_softmax_loss, softmax_loss
from penchant.recipes.pooled import Tensors
from penchant.recipes.pooled_contract import DeepNetwork, Plan
from penchant.recipes.returns import ReturnFinder, Returns
from penchant.recipes.sampling import Windows, WindowSampler, places_among, row_weights
from penchant.recipes.training import Optimizer, Reporter, training_device

MOST_DENSE: Final = 16_384
"""Tables of up to this many rows are embedded whole at every step, larger ones as far as needed."""

_SHARE_FROM_START: Final = 1 / 3
"""Of epochs and learning rate, where training goes on from a model."""

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
        self._dense = training_set.n_items <= MOST_DENSE
        self._marks = pooling.marks(len(training_set.event_type_names)).codes_of_rows(training_set)
        self._items = training_set.item_indices.astype(np.int64)
        self.counts = np.bincount(training_set.item_indices, minlength=training_set.n_items)
        self._warm = np.flatnonzero(self.counts)
        n_steps, longest = plan.n_steps, pooling.history_length
        self._sampler = WindowSampler(
            training_set,
            learned,
            length=n_steps,
            max_older=max(longest - n_steps, min(longest - 1, n_steps)),
        )
        self._weights = _weights(training_set, plan)
        self._ages = ages_of(training_set)
        self._epoch_steps = math.ceil(self._sampler.n_windows / plan.batch_size)
        self._epochs = plan.epochs or _enough_epochs(self._epoch_steps)
        self._rate = plan.learning_rate
        self._returns = ReturnFinder(training_set, pooling.history_length)

    def begin(self, dim: int, start: Mapping[str, npt.NDArray[Any]] | None) -> None:
        """Set the weights that training goes on from: those of `start`, or the items' factors.

        Raises:
            ValueError: The arrays of `start` are of another shape.
        """
        if start is None:
            factors = item_factors(self._training_set, dim, self._rng)
            with torch.no_grad():
                self._network.table.ids.weight += self._plan.warmth * torch.as_tensor(factors)
            return
        state = {name: torch.tensor(array) for name, array in start.items()}
        for name, tensor in self._network.state_dict().items():
            if name not in state or tensor.shape != state[name].shape:
                raise ValueError(f"the model to go on from has another {name}: train without it")
        self._network.load_state_dict(state)
        self._epochs = math.ceil(self._epochs * _SHARE_FROM_START)
        self._rate *= _SHARE_FROM_START

    def learn(self, progress: Progress) -> None:
        """Pass over the windows as often as planned."""
        network = self._network.to(self._device)
        n_steps = self._epochs * self._epoch_steps
        optimizer = Optimizer(
            network,
            sparse=[
                parameter
                for module in network.modules()
                if isinstance(module, nn.Embedding) and module.sparse
                for parameter in module.parameters()
            ],
            swift=[network.table.again],
            learning_rate=self._rate,
            n_steps=n_steps,
            weight_decay=self._plan.weight_decay,
        )
        reporter = Reporter(progress, self._epochs)
        network.train()
        done = 0
        for epoch in range(1, self._epochs + 1):
            for windows in self._sampler.epoch(self._rng, self._plan.batch_size):
                loss = self._loss(windows)
                optimizer.step(loss)
                done += 1
                reporter.step(epoch, done / n_steps, loss)
        progress(Step("training", 1.0, self._epochs, self._epochs))
        network.eval().cpu()

    def items(self) -> tuple[Float32s, Float32s]:
        """Vectors (n_items, dim) and biases (n_items,) of all items, as learned.

        Items without interactions have the vector of their metadata and the bias of the rarest.
        """
        table, seen = self._network.table, torch.as_tensor(self.counts > 0)
        with torch.no_grad():
            vectors = table.ids.weight * seen[:, None] + table.metadata(torch.arange(len(seen)))
            rarest = torch.as_tensor(self.counts == self.counts[self._warm].min())
            bias = torch.where(seen, table.bias, table.bias[rarest].mean())
        return vectors.numpy(), bias.numpy()

    def _loss(self, windows: Windows) -> Tensor:
        """Of one step."""
        network, plan = self._network, self._plan
        candidates = self._candidates()
        rows, tensors, targets, against = self._tensors(windows, candidates)
        items, bias = network.table(rows), network.table.bias[rows]
        wanted = windows.targets >= 0
        target_rows = windows.rows[wanted]
        ages = self._on_device(self._ages[target_rows])
        state = network.read(items, tensors, self._on_device(windows.users), ages)
        returns = self._returns.find(windows)
        scores = network.scores(state, items[against]) + bias[against]
        scores = self._with_bonuses(scores, candidates, returns)
        weights = self._on_device(self._weights[target_rows])
        whole, deep = len(candidates) == len(self._warm), isinstance(network, DeepNetwork)
        if whole and not deep:
            return softmax_loss(scores, self._among(candidates, windows), weights)
        own = functional.embedding(targets, items)
        again = network.table.again * self._on_device(returns.is_return)
        hits = network.hits(state, own) + bias[targets] + again
        is_hit = against[None] == targets[:, None]
        sampled = partial(sampled_softmax_loss, weights=weights, n_items=len(self._warm))
        if whole:
            loss = softmax_loss(scores, self._among(candidates, windows), weights)
        else:
            loss = sampled(hits, scores, is_hit)
        if not deep:
            return loss
        some = torch.randperm(len(candidates), device=self._device)[: plan.n_deep]
        # what the rest learned from all items is not to follow what few of them tell
        added = scores[:, some].detach() + network.deep_scores(state, items[against[some]])
        hits = hits.detach() + network.deep_hits(state, own)
        return loss + _DEEP_SHARE * sampled(hits, added, is_hit[:, some])

    def _among(self, candidates: Int64s, windows: Windows) -> Tensor:
        """Where the targets stand among the candidates, (n_targets,)."""
        targets = windows.targets[windows.targets >= 0]
        return self._on_device(places_among(candidates, targets))

    def _candidates(self) -> Int64s:
        """Items that the targets are told from, sorted.

        Items without interactions are none of them: they would learn to be the worst.
        """
        if len(self._warm) <= self._plan.most_softmax:
            return self._warm
        n = min(self._plan.n_negatives, len(self._warm))
        return np.sort(self._rng.choice(self._warm, n, replace=False))

    def _with_bonuses(self, scores: Tensor, candidates: Int64s, returns: Returns) -> Tensor:
        """Raise or lower the scores (n, n_candidates) of items that the user had before."""
        places = places_among(candidates, self._items[returns.events])
        found = places >= 0
        cells = returns.steps[found] * len(candidates) + places[found]
        bonuses = self._network.table.again.expand(len(cells))
        raised = scores.flatten().scatter_add(0, self._on_device(cells), bonuses)
        return raised.view(scores.shape)

    def _tensors(
        self, windows: Windows, candidates: Int64s
    ) -> tuple[Tensor, Tensors, Tensor, Tensor]:
        """The items embedded at this step; windows, targets and candidates pointing into them."""
        counted = windows.inputs >= 0
        wanted = windows.targets >= 0
        inputs = np.where(counted, self._items[windows.inputs], -1)
        parts = [inputs, self._items[windows.older], windows.targets[wanted], candidates]
        rows = np.arange(self._training_set.n_items)
        if not self._dense:
            rows = np.unique(np.concatenate([part.ravel() for part in parts]))
            rows = rows[rows >= 0]
            parts = [places_among(rows, part) for part in parts]
        inputs_, older, targets, against = (self._on_device(part) for part in parts)
        tensors = Tensors(
            inputs=inputs_,
            marks=self._on_device(self._marks[windows.inputs].reshape(-1, N_COLUMNS)),
            older=older,
            older_ages=self._on_device(windows.older_ages),
            older_begins=self._on_device(windows.older_begins),
            wanted=self._on_device(wanted),
            rows=self._on_device(windows.rows[wanted]),
        )
        return self._on_device(rows), tensors, targets, against

    def _on_device(self, array: npt.NDArray[Any]) -> Tensor:
        return torch.as_tensor(array, device=self._device)


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


def _enough_epochs(epoch_steps: int) -> int:
    """Passes over the data: 4, up to 20 where that is under 200 steps, fewer beyond 8 000."""
    more = math.ceil(200 / epoch_steps)
    fewer = math.ceil(4 * math.sqrt(min(1.0, 2_000 / epoch_steps)))
    return min(20, max(2, more, fewer))
