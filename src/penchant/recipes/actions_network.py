"""The network that predicts actions from states of users."""

from dataclasses import dataclass
from typing import Final

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from penchant.data.training_set import Bools, Float32s
from penchant.models.action_inputs import N_DONE, Inputs
from penchant.models.action_tables import ActionTables
from penchant.models.actions import Weights
from penchant.models.attributes import Attributes
from penchant.models.coding import Coding

DIM: Final = 32
_N_HIDDEN: Final = 64
_TABLE_DIM: Final = 16
_ID_DROPOUT: Final = 0.1
_SPREAD: Final = 0.05


@dataclass(frozen=True)
class Batch:
    """Dense inputs of b states: `Inputs` as tensors, users' metadata as codes."""

    numbers: Tensor
    items: Tensor
    done: Tensor
    users: Tensor


class ActionNetwork(nn.Module):
    """States to log-odds of all actions.

    A state is a vector made of interests, activity, past decisions and metadata; an action is one
    made of a part that all actions share, of its metadata, and of its own. In training a tenth of
    the actions go without their own part at each step, so that metadata alone can place an action
    that nobody was shown yet. What a user did about an action itself bears on its log-odds
    directly.

    Args:
        inputs: For the shapes, and for the means and spreads of the numbers.
        users: The users' metadata.
        actions: The actions' metadata.
        rates: Where the actions' probabilities begin (n_actions,).
        dropout: In the hidden layer.
    """

    def __init__(
        self,
        inputs: Inputs,
        users: Attributes,
        actions: Attributes,
        rates: Float32s,
        dropout: float,
    ) -> None:
        super().__init__()
        n_actions, n_numbers = len(rates), inputs.numbers.shape[1]
        self.means = inputs.numbers.mean(axis=0)
        self.spreads = np.maximum(inputs.numbers.std(axis=0), 1e-3)
        self.of_users, self.of_actions = _Codes(users), _Codes(actions)
        user_dim = _TABLE_DIM if users.n_codes > 1 else 0
        self.item_table = nn.Parameter(torch.zeros(inputs.items.shape[1], _TABLE_DIM))
        self.done_table = nn.Parameter(torch.zeros(n_actions * N_DONE, _TABLE_DIM))
        self.user_table = nn.Parameter(torch.zeros(users.n_codes, user_dim))
        self.hidden = nn.Linear(n_numbers + 2 * _TABLE_DIM + user_dim, _N_HIDDEN)
        self.state = nn.Linear(_N_HIDDEN, DIM)
        self.dropout = dropout
        base = _log_odds(np.array([rates.mean()], np.float32))[0]
        self.shared = nn.Parameter(torch.cat([_SPREAD * torch.randn(DIM), torch.tensor([base])]))
        self.own = nn.Parameter(_SPREAD * torch.randn(n_actions, DIM + 1))
        self.described = nn.Parameter(torch.zeros(actions.n_codes, DIM + 1))
        self.done_weights = nn.Parameter(torch.zeros(N_DONE))
        self.own_done_weights = nn.Parameter(torch.zeros(n_actions, N_DONE))
        with torch.no_grad():
            self.own[:, DIM] = torch.as_tensor(_log_odds(rates) - base)

    def forward(self, batch: Batch) -> Tensor:
        """Log-odds (b, n_actions)."""
        read = torch.cat(
            [
                (batch.numbers - torch.as_tensor(self.means)) / torch.as_tensor(self.spreads),
                batch.items @ self.item_table,
                batch.done @ self.done_table,
                self.of_users(self.user_table, batch.users),
            ],
            dim=1,
        )
        hidden = functional.dropout(functional.relu(self.hidden(read)), self.dropout, self.training)
        rows = self._rows(self._kept() if self.training else None)
        states: Tensor = self.state(hidden)
        logits = states @ rows[:, :DIM].T + rows[:, DIM]
        done = batch.done.view(len(logits), -1, N_DONE)
        return logits + (done * (self.done_weights + self.own_done_weights)).sum(dim=2)

    def _kept(self) -> Tensor:
        return (torch.rand(len(self.own), 1) >= _ID_DROPOUT).float()

    def _rows(self, kept: Tensor | None) -> Tensor:
        """Vectors of the actions with their bias as the last number, (n_actions, dim + 1)."""
        own = self.own if kept is None else self.own * kept
        return self.shared + own + self.of_actions(self.described)

    def tables(self, users: Coding, actions: Coding) -> ActionTables:
        """What later users and actions are made of; the codings are those of the metadata."""
        return ActionTables(
            users=self.user_table.detach().numpy(),
            actions=self.described.detach().numpy(),
            shared=self.shared.detach().numpy(),
            done=self.done_weights.detach().numpy(),
            user_coding=users,
            action_coding=actions,
        )

    @torch.no_grad()
    def weights(self, taught: Bools, user_vectors: Float32s) -> Weights:
        """The network as arrays.

        Args:
            taught: Which actions it was taught (n_actions,); the others go without a part of
                their own.
            user_vectors: What `tables` makes of the users' metadata.
        """
        kept = torch.as_tensor(taught[:, None].astype(np.float32))
        rows = self._rows(kept).numpy()
        return Weights(
            means=self.means,
            spreads=self.spreads,
            item_table=self.item_table.numpy(),
            done_table=self.done_table.numpy(),
            user_vectors=user_vectors,
            hidden_weights=self.hidden.weight.numpy(),
            hidden_biases=self.hidden.bias.numpy(),
            state_weights=self.state.weight.numpy(),
            state_biases=self.state.bias.numpy(),
            action_vectors=np.ascontiguousarray(rows[:, :DIM]),
            action_biases=np.ascontiguousarray(rows[:, DIM]),
            done_weights=(self.done_weights + self.own_done_weights * kept).numpy(),
        )


class _Codes:
    """Metadata as codes, ready for a table of vectors."""

    def __init__(self, attributes: Attributes) -> None:
        self._codes = torch.as_tensor(attributes.codes)
        self._scales = torch.as_tensor(attributes.scales)[:, None]

    def __call__(self, table: Tensor, rows: Tensor | slice = slice(None)) -> Tensor:
        """Scaled sums of the vectors of each row's codes; code 0 stands for none."""
        codes, scales = self._codes[rows].long(), self._scales[rows]
        if not table.shape[1]:
            return table.new_zeros(len(codes), 0)
        return functional.embedding_bag(codes, table, mode="sum", padding_idx=0) * scales


def _log_odds(rates: Float32s) -> Float32s:
    bounded = np.clip(rates, 1e-4, 1 - 1e-4)
    return np.asarray(np.log(bounded / (1 - bounded)), np.float32)
