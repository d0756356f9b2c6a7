"""The training of the HRNN recipe."""

import math
from typing import TYPE_CHECKING

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from penchant.data.training_set import Bools, TrainingSet
from penchant.models.hrnn import HrnnModel, Shape
from penchant.models.objectives import raised_by
from penchant.recipes.attributes import Attributes, learn_reading
from penchant.recipes.contract import Progress, Step
from penchant.recipes.factors import begin_at_factors
from penchant.recipes.hrnn_graph import hrnn_graph
from penchant.recipes.hrnn_network import Network
from penchant.recipes.losses import raised, sampled_softmax_loss, softmax_loss
from penchant.recipes.met_items import MetItems
from penchant.recipes.pace import Pace, enough_dropout, enough_epochs
from penchant.recipes.returns import ReturnFinder
from penchant.recipes.sampling import Windows, WindowSampler, places_among, row_weights
from penchant.recipes.training import (
    Optimizer,
    descend,
    set_weights,
    training_device,
    weights_of,
)
from penchant.recipes.window_tensors import WindowReader

if TYPE_CHECKING:
    from penchant.recipes.hrnn import Hrnn


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
        self._start = start
        self._reading = learn_reading(training_set, rng) if start is None else start.reading
        users = training_set.user_features, training_set.n_users
        self._users = self._reading.users.attributes(*users)
        self._network = self._new_network()
        device = training_device()
        marks = shape.marks(len(training_set.event_type_names))
        self._reader = WindowReader(training_set, marks, device)
        self._items = training_set.item_indices.astype(np.int64)
        self._met = MetItems(training_set, recipe.most_softmax, recipe.n_negatives)
        max_older = recipe.max_history - recipe.bptt
        self._sampler = WindowSampler(
            training_set, learned, length=recipe.bptt, max_older=max_older
        )
        self._row_weights = row_weights(training_set, recency=recipe.recency_mask)
        self._returns = ReturnFinder(training_set, recipe.max_history)
        self._device = device
        self._pace = self._new_pace()

    def learn(self, progress: Progress) -> None:
        """Pass over the windows as often as the pace says."""
        progress(Step("factors of items", 0.0))
        recipe, network, pace = self._recipe, self._network, self._pace
        if self._start is None:
            begin_at_factors(network.ids, self._training_set, recipe.warmth, self._rng)
        else:
            set_weights(network, self._start.weights)
        network.to(self._device)
        optimizer = Optimizer(
            network,
            swift=[network.again],
            learning_rate=pace.learning_rate,
            n_steps=pace.n_steps,
            weight_decay=recipe.weight_decay,
        )
        descend(
            network,
            optimizer,
            pace,
            batches=lambda: self._sampler.epoch(self._rng, recipe.batch_size),
            loss_of=self._loss,
            progress=progress,
        )

    def model(self) -> HrnnModel:
        """What was learned, on the CPU.

        Items without interactions have the vector of their metadata and the bias of the rarest.
        """
        network = self._network.eval().cpu()
        met, rarest = torch.as_tensor(self._met.met), torch.as_tensor(self._met.rarest)
        with torch.no_grad():
            metadata = network.item_metadata(torch.arange(len(met)))
            output = network.ids.weight * met[:, None] + metadata
            rare_bias = network.bias[rarest].mean()
            bias = torch.where(met, network.bias, rare_bias)
        weights = weights_of(network)
        contextual = network.contexts is not None
        return HrnnModel(
            self._training_set.items,
            self._training_set.event_type_names,
            shape=self._shape,
            output=output.numpy(),
            bias=bias.numpy(),
            rare_bias=float(rare_bias),
            raised=raised_by(self._training_set),
            met=met.numpy(),
            users=self._users,
            reading=self._reading,
            weights=weights,
            graph=hrnn_graph(weights, len(self._shape.decays), contextual=contextual),
        )

    def _new_network(self) -> Network:
        training_set, contexts = self._training_set, self._reading.contexts
        items = training_set.item_features, training_set.n_items
        of_rows = contexts.codes_of_rows(training_set.contexts, training_set.n_rows)
        dropout = self._recipe.dropout
        if dropout is None:
            dropout = enough_dropout(training_set.n_rows, steepness=0.15, most=0.5)
        return Network(
            self._shape,
            dim=self._recipe.dim,
            n_marks=self._shape.marks(len(training_set.event_type_names)).n_codes,
            items=self._reading.items.attributes(*items),
            users=self._users,
            contexts=Attributes(of_rows, contexts.n_codes),
            dropout=dropout,
            blindness=self._recipe.blindness,
        )

    def _new_pace(self) -> Pace:
        epoch_steps = math.ceil(self._sampler.n_windows / self._recipe.batch_size)
        epochs = self._recipe.epochs or enough_epochs(epoch_steps, usual=4)
        pace = Pace(epochs, epoch_steps, self._recipe.learning_rate)
        return pace if self._start is None else pace.gone_on

    def _loss(self, windows: Windows) -> Tensor:
        """Of one step."""
        network, tensor = self._network, self._reader.tensor
        candidates = self._met.candidates(self._rng)
        lesson = self._reader.lesson(windows, candidates)
        items, bias = network.items(lesson.items), network.bias[lesson.items]
        vectors = network(items, lesson.windows, tensor(windows.users))
        wanted = windows.targets >= 0
        returns = self._returns.find(windows)
        scores = vectors @ items[lesson.candidates].T + bias[lesson.candidates]
        scores = raised(scores, tensor(returns.cells(self._items, candidates)), network.again)
        weights = tensor(self._row_weights[windows.rows[wanted]])
        if self._met.all_among(candidates):
            return softmax_loss(
                scores, tensor(places_among(candidates, windows.targets[wanted])), weights
            )
        own = functional.embedding(lesson.targets, items)
        hits = (vectors * own).sum(dim=1) + bias[lesson.targets]
        hits = hits + network.again * tensor(returns.is_return)
        is_hit = lesson.candidates[None] == lesson.targets[:, None]
        return sampled_softmax_loss(hits, scores, is_hit, weights, len(self._met))
