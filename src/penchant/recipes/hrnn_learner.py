"""The training of the HRNN recipe."""

import math
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor
from torch.nn import functional

from penchant.data.training_set import Bools, Int64s, TrainingSet
from penchant.models.hrnn import HrnnModel, Shape
from penchant.models.marks import N_COLUMNS
from penchant.models.objectives import raised_by
from penchant.recipes.attributes import Attributes, learn_reading
from penchant.recipes.contract import Progress, Step
from penchant.recipes.factors import item_factors
from penchant.recipes.graph import hrnn_graph
from penchant.recipes.hrnn_network import Network, Tensors
from penchant.recipes.losses import sampled_softmax_loss, softmax_loss
from penchant.recipes.returns import ReturnFinder, Returns
from penchant.recipes.sampling import Windows, WindowSampler, places_among, row_weights
from penchant.recipes.training import Optimizer, Reporter, training_device

if TYPE_CHECKING:
    from penchant.recipes.hrnn import Hrnn

_MOST_DENSE: Final = 16_384
"""Catalogues up to this size are embedded whole at every step, larger ones as far as needed."""

_SHARE_FROM_START: Final = 1 / 3
"""Of epochs and learning rate, where training goes on from a model."""


class Learner:
    """One training, on the device that there is.

    Args:
        recipe: The hyper-parameters.
        shape: How histories are read.
        training_set: The rows to learn from.
        learned: Users to learn from (n_users,).
        rng: Source of the windows' order and of negatives; torch has its own.
        start: The model to go on from, of the same shape and catalogue.
    """

    def __init__(
        self,
        recipe: "Hrnn",
        shape: Shape,
        training_set: TrainingSet,
        learned: Bools,
        rng: np.random.Generator,
        start: HrnnModel | None,
    ) -> None:
        self._recipe = recipe
        self._training_set = training_set
        self._rng = rng
        self._shape = shape
        marks = shape.marks(len(training_set.event_type_names))
        self._reading = learn_reading(training_set, rng) if start is None else start.reading
        users = self._reading.users.attributes(training_set.user_features, training_set.n_users)
        items = self._reading.items.attributes(training_set.item_features, training_set.n_items)
        contexts = self._reading.contexts
        self._users = users
        self._device = training_device()
        self._dense = training_set.n_items <= _MOST_DENSE
        dropout = recipe.dropout
        self._network = Network(
            shape,
            dim=recipe.dim,
            n_marks=marks.n_codes,
            items=items,
            users=users,
            contexts=Attributes(
                contexts.codes_of_rows(training_set.contexts, training_set.n_rows),
                contexts.n_codes,
            ),
            dropout=_enough_dropout(training_set.n_rows) if dropout is None else dropout,
            blindness=recipe.blindness,
            sparse=not self._dense,
        )
        self._start = start
        self._marks = marks.codes_of_rows(training_set)
        self._items = training_set.item_indices.astype(np.int64)
        self._counts = np.bincount(training_set.item_indices, minlength=training_set.n_items)
        self._warm = np.flatnonzero(self._counts)
        self._sampler = WindowSampler(
            training_set,
            learned,
            length=recipe.bptt,
            max_older=recipe.max_history - recipe.bptt,
        )
        self._row_weights = row_weights(training_set, recency=recipe.recency_mask)
        self._epoch_steps = math.ceil(self._sampler.n_windows / recipe.batch_size)
        self._epochs = recipe.epochs or _enough_epochs(self._epoch_steps)
        self._rate = recipe.learning_rate
        self._returns = ReturnFinder(training_set, recipe.max_history)
        if start is not None:
            self._epochs = math.ceil(self._epochs * _SHARE_FROM_START)
            self._rate *= _SHARE_FROM_START

    def learn(self, progress: Progress) -> None:
        """Pass over the windows `epochs` times."""
        progress(Step("factors of items", 0.0))
        self._begin()
        recipe, network = self._recipe, self._network.to(self._device)
        n_steps = self._epochs * self._epoch_steps
        optimizer = Optimizer(
            network,
            sparse=[] if self._dense else list(network.ids.parameters()),
            swift=[network.again],
            learning_rate=self._rate,
            n_steps=n_steps,
            weight_decay=recipe.weight_decay,
        )
        reporter = Reporter(progress, self._epochs)
        network.train()
        done = 0
        for epoch in range(1, self._epochs + 1):
            for windows in self._sampler.epoch(self._rng, recipe.batch_size):
                loss = self._loss(windows)
                optimizer.step(loss)
                done += 1
                reporter.step(epoch, done / n_steps, loss)

    def model(self) -> HrnnModel:
        """What was learned, on the CPU.

        Items without interactions have the vector of their metadata and the bias of the rarest.
        """
        network = self._network.eval().cpu()
        seen = torch.as_tensor(self._counts > 0)
        with torch.no_grad():
            rows = torch.arange(len(seen))
            output = network.ids.weight * seen[:, None] + network.item_metadata(rows)
            rarest = self._counts == self._counts[self._warm].min()
            rare_bias = network.bias[torch.as_tensor(rarest)].mean()
            bias = torch.where(seen, network.bias, rare_bias)
        weights = {name: tensor.numpy() for name, tensor in network.state_dict().items()}
        return HrnnModel(
            self._training_set.items,
            self._training_set.event_type_names,
            shape=self._shape,
            output=output.numpy(),
            bias=bias.numpy(),
            rare_bias=float(rare_bias),
            raised=raised_by(self._training_set),
            met=seen.numpy(),
            users=self._users,
            reading=self._reading,
            weights=weights,
            graph=hrnn_graph(
                weights, len(self._shape.decays), contextual=network.contexts is not None
            ),
        )

    def _begin(self) -> None:
        """Set the weights that training goes on from."""
        if self._start is None:
            factors = item_factors(self._training_set, self._recipe.dim, self._rng)
            with torch.no_grad():
                self._network.ids.weight += self._recipe.warmth * torch.as_tensor(factors)
            return
        state = {name: torch.tensor(array) for name, array in self._start.weights.items()}
        self._network.load_state_dict(state)

    def _loss(self, windows: Windows) -> Tensor:
        """Of one step."""
        network = self._network
        candidates = self._candidates()
        rows, tensors, against = self._tensors(windows, candidates)
        items, bias = network.items(rows), network.bias[rows]
        users = self._on_device(windows.users)
        vectors = network(items, tensors, users)
        wanted = windows.targets >= 0
        targets = tensors.targets[self._on_device(wanted)]
        returns = self._returns.find(windows)
        scores = vectors @ items[against].T + bias[against]
        self._add_bonuses(scores, candidates, returns)
        weights = self._on_device(self._row_weights[windows.rows[wanted]])
        if len(candidates) == len(self._warm):
            return softmax_loss(
                scores, self._on_device(places_among(candidates, windows.targets[wanted])), weights
            )
        hits = (vectors * functional.embedding(targets, items)).sum(dim=1) + bias[targets]
        hits = hits + network.again * self._on_device(returns.is_return)
        return sampled_softmax_loss(
            hits, scores, against[None] == targets[:, None], weights, len(self._warm)
        )

    def _candidates(self) -> Int64s:
        """Items that the targets are told from, sorted.

        Items without interactions are none of them: they would learn to be the worst.
        """
        if len(self._warm) <= self._recipe.most_softmax:
            return self._warm
        n = min(self._recipe.n_negatives, len(self._warm))
        return np.sort(self._rng.choice(self._warm, n, replace=False))

    def _add_bonuses(self, scores: Tensor, candidates: Int64s, returns: Returns) -> None:
        """Raise or lower the scores (n, n_candidates) of items that the user had before."""
        places = places_among(candidates, self._items[returns.events])
        found = places >= 0
        cells = returns.steps[found] * len(candidates) + places[found]
        bonuses = self._network.again.expand(len(cells))
        scores.view(-1).scatter_add_(0, self._on_device(cells), bonuses)

    def _tensors(self, windows: Windows, candidates: Int64s) -> tuple[Tensor, Tensors, Tensor]:
        """The items embedded at this step; the windows and the candidates pointing into them."""
        counted = windows.inputs >= 0
        inputs = np.where(counted, self._items[windows.inputs], -1)
        older = self._items[windows.older]
        parts = [inputs, older, windows.targets, candidates]
        rows = np.arange(self._training_set.n_items)
        if not self._dense:
            rows = np.unique(np.concatenate([part.ravel() for part in parts]))
            rows = rows[rows >= 0]
            parts = [places_among(rows, part) for part in parts]
        inputs_, older_, targets, against = (self._on_device(part) for part in parts)
        tensors = Tensors(
            inputs=inputs_,
            marks=self._on_device(self._marks[windows.inputs].reshape(-1, N_COLUMNS)),
            targets=targets,
            moments=self._on_device(windows.rows[windows.targets >= 0]),
            older=older_,
            older_ages=self._on_device(windows.older_ages),
            older_begins=self._on_device(windows.older_begins),
        )
        return self._on_device(rows), tensors, against

    def _on_device(self, array: npt.NDArray[Any]) -> Tensor:
        return torch.as_tensor(array, device=self._device)


def _enough_epochs(epoch_steps: int) -> int:
    """Passes over the data: 4, up to 20 where that is under 200 steps, fewer beyond 8 000."""
    more = math.ceil(200 / epoch_steps)
    fewer = math.ceil(4 * math.sqrt(min(1.0, 2_000 / epoch_steps)))
    return min(20, max(2, more, fewer))


def _enough_dropout(n_rows: int) -> float:
    """More for fewer rows, which are learned by heart: .2 for a million, .28 for 100 000."""
    return float(np.clip(0.2 * math.pow(1_000_000 / n_rows, 0.15), 0.1, 0.5))
