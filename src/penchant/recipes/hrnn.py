"""HRNN: a recurrent network that reads a user's history, of the service's user personalization.

After "Hierarchical Temporal-Contextual Recommenders" (Ma et al., NeurIPS 2018 workshop): session
boundaries, pauses, event types and event values are embedded inputs; a user's vector meets the
item's, which is the sum of its own embedding and its embedded metadata (a factorization machine of
user state and item features). Ours beyond the paper: items are read and scored with the same
vector; decayed means of everything up to `max_history` events enter the user's vector beside the
recurrent state, and make the initial state where the history is longer than `bptt`; every position
of a window learns the next few items at once.

`recency_mask`: the service says that True puts more weight on recent events, False weighs all past
interactions equally. Here True fades older events in the means and makes newer rows count more in
the loss; False does neither.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Self

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor
from torch.nn import functional

from penchant.data.training_set import Bools, Float32s, Int64s, TrainingSet
from penchant.domain.parameters import entry_of, read
from penchant.models.contract import Model
from penchant.models.hrnn import HrnnModel, Shape
from penchant.models.marks import N_COLUMNS, Marks
from penchant.recipes.attributes import Attributes
from penchant.recipes.contract import Progress
from penchant.recipes.factors import item_factors
from penchant.recipes.graph import hrnn_graph
from penchant.recipes.hrnn_network import Network, Tensors
from penchant.recipes.losses import sampled_softmax_loss, softmax_loss
from penchant.recipes.popularity import require_interactions
from penchant.recipes.returns import ReturnFinder, Returns
from penchant.recipes.sampling import Windows, WindowSampler
from penchant.recipes.training import Optimizer, Reporter, seeded, training_device

_FADING: Final = (0.7, 0.95, 1.0)
_LASTING: Final = (1.0,)
_HALF_LIFE: Final = 0.5
_MOST_DENSE: Final = 16_384
"""Catalogues up to this size are embedded whole at every step, larger ones as far as needed."""


@dataclass(frozen=True)
class Hrnn:
    """Hyper-parameters; the first five are the service's, the others are ours and fixed there.

    Attributes:
        hidden_dimension: Units of the recurrent layer; items have vectors of its multiple of 32.
        bptt: Steps that gradients flow back, and newest events that are read one by one.
        recency_mask: Whether recent events weigh more.
        min_user_history_length_percentile: Users with shorter histories teach nothing, 0 to 1.
        max_user_history_length_percentile: Users with longer ones neither.
        max_history: Newest events that are read at all.
        epochs: Passes over the rows; None takes more of them for fewer rows.
        batch_size: Windows per step.
        learning_rate: At the top of its cycle.
        weight_decay: Of AdamW.
        dropout: Share of a vector's numbers that a step does not see.
        blindness: Share of items and users that a step knows by their metadata alone, or not.
        warmth: Length of the items' vectors to begin with, see `item_factors`.
        most_softmax: Catalogues up to this size are learned by the whole softmax.
        n_negatives: Items drawn per step where the catalogue is larger.
    """

    hidden_dimension: int = 149
    bptt: int = 32
    recency_mask: bool = True
    min_user_history_length_percentile: float = 0.0
    max_user_history_length_percentile: float = 0.99
    max_history: int = 200
    epochs: int | None = None
    batch_size: int = 32
    learning_rate: float = 3e-3
    weight_decay: float = 0.0
    dropout: float = 0.2
    blindness: float = 0.1
    warmth: float = 0.7
    most_softmax: int = 2_000
    n_negatives: int = 1024

    @classmethod
    def from_parameters(
        cls, hyper_parameters: Mapping[str, str], feature_parameters: Mapping[str, str]
    ) -> Self:
        """Read the service's hyper-parameters; see `Recipe.from_parameters`."""
        entry = entry_of("aws-user-personalization")
        values: dict[str, Any] = read(entry.hyper_parameters, hyper_parameters)
        values |= read(entry.feature_parameters, feature_parameters)
        return cls(**values)

    def fit(
        self,
        training_set: TrainingSet,
        *,
        seed: int,
        progress: Progress,
        start: Model | None = None,
    ) -> HrnnModel:
        """Learn; see `Recipe.fit`.

        Memory: the tables of items and users (float32, with two moments each while learning).
        """
        require_interactions(training_set)
        begun = _checked(start, training_set, self)
        with seeded(seed):
            learner = _Learner(self, training_set, np.random.default_rng(seed), begun)
            learner.learn(progress)
            return learner.model()

    @property
    def dim(self) -> int:
        """Numbers of an item's vector."""
        return max(32, self.hidden_dimension // 64 * 32)

    def shape(self, marks: Marks) -> Shape:
        """How histories are to be read."""
        return Shape(
            hidden_dimension=self.hidden_dimension,
            bptt=self.bptt,
            recency_mask=self.recency_mask,
            max_history=self.max_history,
            decays=_FADING if self.recency_mask else _LASTING,
            value_edges=tuple(float(edge) for edge in marks.value_edges),
        )


class _Learner:
    """One training."""

    def __init__(
        self,
        recipe: Hrnn,
        training_set: TrainingSet,
        rng: np.random.Generator,
        start: HrnnModel | None,
    ) -> None:
        self._recipe = recipe
        self._training_set = training_set
        self._rng = rng
        n_types = len(training_set.event_type_names)
        if start is None:
            marks = Marks.learned_from(n_types, training_set.event_values)
        else:
            marks = start.shape.marks(n_types)
        self._shape = recipe.shape(marks)
        self._users = Attributes.of(training_set.user_features, training_set.n_users)
        self._device = training_device()
        self._dense = training_set.n_items <= _MOST_DENSE
        self._network = Network(
            self._shape,
            dim=recipe.dim,
            n_marks=marks.n_codes,
            items=Attributes.of(training_set.item_features, training_set.n_items),
            users=self._users,
            dropout=recipe.dropout,
            blindness=recipe.blindness,
            sparse=not self._dense,
        )
        if start is None:
            factors = torch.as_tensor(item_factors(training_set, recipe.dim, rng))
            with torch.no_grad():
                self._network.ids.weight += recipe.warmth * factors
        else:
            state = {name: torch.tensor(array) for name, array in start.weights.items()}
            self._network.load_state_dict(state)
        self._network.to(self._device)
        self._marks = _marks_of(marks, training_set)
        self._items = training_set.item_indices.astype(np.int64)
        self._counts = np.bincount(training_set.item_indices, minlength=training_set.n_items)
        self._warm = np.flatnonzero(self._counts)
        self._sampler = WindowSampler(
            training_set,
            _learned_users(training_set, recipe),
            length=recipe.bptt,
            max_older=recipe.max_history - recipe.bptt,
        )
        self._row_weights = _row_weights(training_set, recency=recipe.recency_mask)
        self._epoch_steps = math.ceil(self._sampler.n_windows / recipe.batch_size)
        self._epochs = recipe.epochs or _enough_epochs(self._epoch_steps)
        self._rate = recipe.learning_rate
        self._returns = ReturnFinder(training_set, recipe.max_history)
        if start is not None:
            self._epochs = -(-self._epochs // 3)
            self._rate /= 3

    def learn(self, progress: Progress) -> None:
        """Pass over the windows `epochs` times."""
        recipe, network = self._recipe, self._network
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
            bias = torch.where(seen, network.bias, network.bias[torch.as_tensor(rarest)].mean())
        weights = {name: tensor.numpy() for name, tensor in network.state_dict().items()}
        return HrnnModel(
            self._training_set.items,
            self._training_set.event_type_names,
            shape=self._shape,
            output=output.numpy(),
            bias=bias.numpy(),
            user_codes=self._users.codes,
            weights=weights,
            graph=hrnn_graph(weights, len(self._shape.decays)),
        )

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
                scores, self._on_device(_places(candidates, windows.targets[wanted])), weights
            )
        hits = (vectors * functional.embedding(targets, items)).sum(dim=1) + bias[targets]
        hits = hits + network.bonuses(self._on_device(returns.target_ages))
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
        places = _places(candidates, self._items[returns.events])
        found = places >= 0
        cells = returns.steps[found] * len(candidates) + places[found]
        bonuses = self._network.bonuses(self._on_device(returns.ages[found]))
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
            parts = [_places(rows, part) for part in parts]
        inputs_, older_, targets, against = (self._on_device(part) for part in parts)
        tensors = Tensors(
            inputs=inputs_,
            marks=self._on_device(self._marks[windows.inputs].reshape(-1, N_COLUMNS)),
            targets=targets,
            older=older_,
            older_ages=self._on_device(windows.older_ages),
            older_begins=self._on_device(windows.older_begins),
        )
        return self._on_device(rows), tensors, against

    def _on_device(self, array: npt.NDArray[Any]) -> Tensor:
        return torch.as_tensor(array, device=self._device)


def _checked(start: Model | None, training_set: TrainingSet, recipe: Hrnn) -> HrnnModel | None:
    if start is None:
        return None
    if not isinstance(start, HrnnModel):
        kind = type(start).__name__
        raise ValueError(f"a {kind} is no HRNN to go on from: train without it")  # noqa: TRY004
    known = (start.items.digest, start.event_type_names)
    if known != (training_set.items.digest, training_set.event_type_names):
        raise ValueError("the model to go on from knows another catalogue: train without it")
    same = ("hidden_dimension", "bptt", "recency_mask", "max_history")
    for name in same:
        old, new = getattr(start.shape, name), getattr(recipe, name)
        if old != new:
            raise ValueError(f"the model to go on from has {name}={old}, not {new}: train without")
    return start


def _learned_users(training_set: TrainingSet, recipe: Hrnn) -> Bools:
    """Users whose history length is within the percentiles, (n_users,)."""
    lengths = np.bincount(training_set.user_indices, minlength=training_set.n_users)
    shares = (
        recipe.min_user_history_length_percentile,
        recipe.max_user_history_length_percentile,
    )
    low, high = np.quantile(lengths[lengths > 0], shares)
    kept: Bools = (lengths >= low) & (lengths <= high) & (lengths > 0)
    if not kept.any():
        raise ValueError(
            f"no user has a history of {low:g} to {high:g} interactions: widen"
            f" min_user_history_length_percentile={shares[0]:g} or"
            f" max_user_history_length_percentile={shares[1]:g}"
        )
    return kept


def _row_weights(training_set: TrainingSet, *, recency: bool) -> Float32s:
    """How much each row counts as a target, (n_rows,).

    With recency it halves with every `_HALF_LIFE` of all rows that came later.
    """
    if not recency:
        return np.ones(training_set.n_rows, np.float32)
    times = training_set.timestamps
    earlier = np.searchsorted(np.sort(times), times, side="right") / len(times)
    return np.exp2((earlier - 1) / _HALF_LIFE).astype(np.float32)


def _marks_of(marks: Marks, training_set: TrainingSet) -> Int64s:
    users = training_set.user_indices
    firsts = np.diff(users, prepend=-1) != 0
    return marks.codes(
        firsts, training_set.timestamps, training_set.event_types, training_set.event_values
    )


def _places(known: Int64s, items: Int64s) -> Int64s:
    """Where the items stand among the `known` ones, which are sorted; -1 for others."""
    places = np.minimum(np.searchsorted(known, items), len(known) - 1)
    return np.where(known[places] == items, places, -1)


def _enough_epochs(epoch_steps: int) -> int:
    """Passes over the data: 5, more where that is under 300 steps, fewer beyond 10 000."""
    more = math.ceil(300 / epoch_steps)
    fewer = math.ceil(5 * math.sqrt(min(1.0, 2_000 / epoch_steps)))
    return min(40, max(2, more, fewer))
