"""The training of the transformer recipe."""

import math
from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from penchant.data.training_set import Float32s, Int64s, TrainingSet
from penchant.models.transformer import TransformerModel, by_question, item_biases
from penchant.models.transformer_shape import LATER, NOW, Shape, gap_codes
from penchant.models.trends import Trends
from penchant.recipes.attributes import Attributes, learn_reading
from penchant.recipes.contract import Progress, Step
from penchant.recipes.event_weights import weights_of_epochs
from penchant.recipes.factors import begin_at_factors
from penchant.recipes.later import PauseFinder, Pauses
from penchant.recipes.losses import sampled_softmax_loss, softmax_loss, targets_loss
from penchant.recipes.met_items import MetItems
from penchant.recipes.pace import Pace, enough_dropout, enough_epochs
from penchant.recipes.percentiles import within_percentiles
from penchant.recipes.returns import ReturnFinder, Returns
from penchant.recipes.sampling import Windows, WindowSampler, places_among
from penchant.recipes.training import Optimizer, descend, set_weights, training_device, weights_of
from penchant.recipes.transformer_batches import Batches
from penchant.recipes.transformer_graph import transformer_graph
from penchant.recipes.transformer_losses import Asked, Offsets
from penchant.recipes.transformer_network import Known, Network

if TYPE_CHECKING:
    from penchant.recipes.transformer import Transformer

_MOST_LATER: Final = 16_384
"""Up to so many items the few questions after pauses are learned by the whole softmax."""


class Learner:
    """One training, on the device that there is.

    Args:
        recipe: The hyper-parameters.
        shape: How histories are read.
        training_set: The rows to learn from.
        rng: Source of the windows' order, of moments and of negatives; torch has its own.
        start: The model to go on from, of the same shape and catalogue.
    """

    def __init__(
        self,
        recipe: "Transformer",
        shape: Shape,
        training_set: TrainingSet,
        rng: np.random.Generator,
        start: TransformerModel | None,
    ) -> None:
        self._recipe = recipe
        self._shape = shape
        self._training_set = training_set
        self._rng = rng
        self._start = start
        self._device = training_device()
        self._items = training_set.item_indices.astype(np.int64)
        self._times = training_set.timestamps
        self._met = MetItems(training_set, recipe.most_softmax, recipe.n_negatives)
        self._reading = learn_reading(training_set, rng) if start is None else start.reading
        users = training_set.user_features, training_set.n_users
        self._users = self._reading.users.attributes(*users)
        self._network = self._new_network()
        self._batches = Batches(training_set, shape, self._device)
        n_items = training_set.n_items
        recent = recipe.apply_recency_bias
        self._trends = Trends.learned_from(training_set) if recent else Trends.unknown(n_items)
        self._offsets = Offsets(training_set, self._trends, self._device)
        self._returns = ReturnFinder(training_set, shape.max_history)
        self._pauses = PauseFinder(training_set, recipe.most_later)
        self._sampler = self._new_sampler()
        self._pace = self._new_pace()
        self._epoch_weights = self._new_epoch_weights()
        self._row_weights: Float32s

    def learn(self, progress: Progress) -> None:
        """Pass over the windows as often as the pace says."""
        progress(Step("factors of items", 0.0))
        recipe, network, pace = self._recipe, self._network, self._pace
        if self._start is None:
            begin_at_factors(network.ids, self._training_set, recipe.warmth, self._rng)
        else:
            set_weights(network, self._start.weights)
        network.to(self._device)
        heads = [network.head(question) for question in (NOW, LATER)]
        optimizer = Optimizer(
            network,
            swift=[number for head in heads for number in (head.again, head.trend)],
            learning_rate=pace.learning_rate,
            n_steps=pace.n_steps,
            weight_decay=recipe.weight_decay,
        )
        descend(
            network,
            optimizer,
            pace,
            batches=self._epoch,
            loss_of=self._loss,
            progress=progress,
        )

    def model(self) -> TransformerModel:
        """What was learned, on the CPU.

        Items without interactions have the vector of their metadata and the bias of the rarest.
        """
        network, met = self._network.eval().cpu(), self._met.met
        with torch.no_grad():
            own = network.ids.weight * torch.as_tensor(met)[:, None]
            output = own + network.item_metadata(torch.arange(len(met)))
        weights = weights_of(network)
        rare = by_question(weights, "bias")[:, self._met.rarest].mean(axis=1)
        return TransformerModel(
            self._training_set.items,
            self._training_set.event_type_names,
            shape=self._shape,
            output=output.numpy(),
            biases=item_biases(weights, met, rare, self._trends),
            rare=rare,
            edges=self._trends.edges,
            met=met,
            users=self._users,
            reading=self._reading,
            weights=weights,
            graph=transformer_graph(weights, self._shape),
        )

    def _new_network(self) -> Network:
        recipe, training_set = self._recipe, self._training_set
        items = training_set.item_features, training_set.n_items
        contexts = self._reading.contexts
        of_rows = contexts.codes_of_rows(training_set.contexts, training_set.n_rows)
        dropout = recipe.dropout
        if dropout is None:
            dropout = enough_dropout(training_set.n_rows, steepness=0.75, most=0.4)
        return Network(
            self._shape,
            dim=recipe.dim,
            n_marks=self._shape.marks(len(training_set.event_type_names)).n_codes,
            items=self._reading.items.attributes(*items),
            users=self._users,
            contexts=Attributes(of_rows, contexts.n_codes),
            dropout=dropout,
            blindness=recipe.blindness,
        )

    def _new_sampler(self) -> WindowSampler:
        """Windows of all users but the longest histories, which are mostly no persons."""
        lengths = np.diff(self._training_set.offsets())
        learned = within_percentiles(lengths, 0.0, self._recipe.most_history_percentile)
        n_steps, max_history = self._shape.n_steps, self._shape.max_history
        return WindowSampler(
            self._training_set, learned, length=n_steps, max_older=max_history - n_steps
        )

    def _new_pace(self) -> Pace:
        epoch_steps = math.ceil(self._sampler.n_windows / self._recipe.batch_size)
        epochs = self._recipe.epochs or enough_epochs(epoch_steps, usual=5)
        pace = Pace(epochs, epoch_steps, self._recipe.learning_rate)
        return pace if self._start is None else pace.gone_on

    def _new_epoch_weights(self) -> Iterator[Float32s]:
        """All rows alike in the first half of the epochs; never where training goes on."""
        return weights_of_epochs(
            self._training_set,
            recency=self._recipe.apply_recency_bias,
            n_alike=self._pace.epochs // 2 if self._start is None else 0,
        )

    def _epoch(self) -> Iterator[Windows]:
        self._row_weights = next(self._epoch_weights)
        return self._sampler.epoch(self._rng, self._recipe.batch_size)

    def _loss(self, windows: Windows) -> Tensor:
        """Of one step: of the next items, and of what follows after the pauses."""
        wanted = windows.targets >= 0
        target_rows = windows.rows[wanted]
        candidates = self._met.candidates(self._rng)
        pauses = self._pauses.find(windows, self._rng)
        later = self._later_candidates(candidates, self._items[pauses.rows])
        rows = self._batches.rows(windows, self._items[target_rows], candidates, later)
        items = self._network.items(self._batches.tensor(rows))
        known = self._network(items, self._batches.tensors(windows, rows))
        returns = self._returns.find(windows)
        asked = Asked(
            rows=target_rows,
            at=self._moments(windows)[wanted],
            steps=returns.steps,
            events=returns.events,
            candidates=candidates,
        )
        steps = self._batches.tensor(np.flatnonzero(wanted))
        loss = self._now_loss(items, rows, known.at(steps), asked, returns)
        if len(pauses.steps) == 0:
            return loss
        share = self._recipe.later_weight * len(pauses.steps) / len(target_rows)
        return loss + share * self._later_loss(items, rows, known, pauses, asked, later)

    def _now_loss(
        self, items: Tensor, rows: Int64s, known: Known, asked: Asked, returns: Returns
    ) -> Tensor:
        """Of the next items."""
        head, batches = self._network.head(NOW), self._batches
        gaps = torch.zeros(len(asked.rows), dtype=torch.int64, device=self._device)
        vectors = self._network.vectors(NOW, known, batches.tensor(asked.rows), gaps)
        against = items[batches.places(rows, asked.candidates)]
        scores = self._offsets.add_to(vectors @ against.T, asked, head)
        weights = batches.tensor(self._row_weights[asked.rows])
        targets = self._items[asked.rows]
        if self._met.all_among(asked.candidates):
            places = batches.tensor(places_among(asked.candidates, targets))
            return softmax_loss(scores, places, weights)
        own = functional.embedding(batches.places(rows, targets), items)
        latest = np.where(returns.is_return, returns.latest, -1)
        products = (vectors * own).sum(dim=1)
        hits = self._offsets.add_to_targets(products, asked, latest, head)
        is_hit = batches.tensor(asked.candidates[None] == targets[:, None])
        return sampled_softmax_loss(hits, scores, is_hit, weights, len(self._met))

    def _later_loss(
        self,
        items: Tensor,
        rows: Int64s,
        known: Known,
        pauses: Pauses,
        now: Asked,
        candidates: Int64s,
    ) -> Tensor:
        """Of what follows after the pauses."""
        head, batches = self._network.head(LATER), self._batches
        asked = pauses.asked(now, candidates)
        vectors = self._network.vectors(
            LATER,
            known.at(batches.tensor(pauses.steps)),
            batches.tensor(asked.rows),
            batches.tensor(gap_codes(pauses.gaps_s)),
        )
        against = items[batches.places(rows, candidates)]
        scores = self._offsets.add_to(vectors @ against.T, asked, head)
        if not self._met.all_among(candidates):
            scores = scores + self._raise(candidates, now.candidates)
        return targets_loss(
            scores,
            batches.tensor(pauses.of),
            batches.tensor(places_among(candidates, self._items[pauses.rows])),
            batches.tensor(pauses.shares(self._row_weights)),
        )

    def _moments(self, windows: Windows) -> Int64s:
        """When the next items are asked for, one second after the event that is read."""
        read = windows.inputs >= 0
        asked_at = self._times[np.where(read, windows.inputs, windows.rows)]
        return asked_at + read

    def _later_candidates(self, candidates: Int64s, targets: Int64s) -> Int64s:
        if len(self._met) <= _MOST_LATER:
            return self._met.items
        return np.union1d(candidates, targets)

    def _raise(self, candidates: Int64s, drawn: Int64s) -> Tensor:
        """How many items each candidate stands for, as a logarithm (n_candidates,)."""
        stands_for = math.log(len(self._met) / len(drawn))
        raised = np.where(places_among(drawn, candidates) >= 0, stands_for, 0.0)
        return self._batches.tensor(raised.astype(np.float32))
