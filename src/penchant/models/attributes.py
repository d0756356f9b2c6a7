"""Metadata of items or users as codes and as vectors of texts, by what training learned of it."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Self

import numpy as np

from penchant.data.training_set import Features, Float32s, Int32s, Int64s
from penchant.models.arrays import Weights
from penchant.models.coding import MOST_CODES, NONE, Coding, sums_of
from penchant.models.texts import TextMap

__all__ = ["MOST_CODES", "NONE", "AttributeCoding", "Attributes"]


_CODING: Final = "coding.json"


def _no_texts() -> Float32s:
    return np.zeros((0, 0), np.float32)


@dataclass(frozen=True)
class Attributes:
    """Metadata of all rows.

    Attributes:
        codes: (n_rows, width), `NONE` (0) fills up rows with fewer values.
        n_codes: Rows of the table, row 0 for none.
        texts: Vectors of texts (n_rows, text_dim); no numbers where there are no texts.
    """

    codes: Int32s
    n_codes: int
    texts: Float32s = field(default_factory=_no_texts)

    @property
    def scales(self) -> Float32s:
        """1 / sqrt(number of values) per row, (n_rows,); a row's vector is the scaled sum."""
        counts = np.maximum((self.codes != NONE).sum(axis=1), 1)
        scales: Float32s = (1 / np.sqrt(counts)).astype(np.float32)
        return scales

    def vectors(self, weights: Weights, name: str) -> Float32s:
        """What `recipes.blocks.AttributeVectors` gives for all rows, (n_rows, dim).

        Args:
            weights: Trained arrays by name.
            name: That of the `AttributeVectors` among them.
        """
        return self.vectors_at(np.arange(len(self.codes)), weights, name)

    def vectors_at(self, rows: Int64s, weights: Weights, name: str) -> Float32s:
        """As `vectors`, of the rows (n,) alone; zero for a row that there is not."""
        known = (rows >= 0) & (rows < len(self.codes))
        codes = np.full((len(rows), self.codes.shape[1]), NONE, np.int32)
        codes[known] = self.codes[rows[known]]
        vectors = sums_of(weights[f"{name}.table.weight"], codes)
        text_map = weights.get(f"{name}.text_map")
        if text_map is not None:
            vectors[known] += self.texts[rows[known]] @ text_map.T
        return vectors

    @classmethod
    def of(cls, features: Features, n_rows: int) -> Self:
        """Code all categorical and numeric columns; texts are not read."""
        coding = Coding.learned_from(features)
        return cls(coding.codes_of_rows(features, n_rows), coding.n_codes)


@dataclass(frozen=True)
class AttributeCoding:
    """How metadata becomes attributes, so that what comes later is read as training read it.

    Attributes:
        columns: Of the numbers and categories.
        texts: Of all texts of a row together.
    """

    columns: Coding = field(default_factory=Coding)
    texts: TextMap = field(default_factory=TextMap.empty)

    def attributes(self, features: Features, n_rows: int) -> Attributes:
        """Read metadata, old or new; what training did not know counts as none."""
        codes = self.columns.codes_of_rows(features, n_rows)
        texts = self.texts.vectors(joined(features, n_rows))
        return Attributes(codes, self.columns.n_codes, texts)

    def save(self, folder: Path) -> None:
        """Write it below `folder`, which exists."""
        text = json.dumps(self.columns.description)
        (folder / _CODING).write_text(text, encoding="utf-8")
        self.texts.save(folder)

    @classmethod
    def load(cls, folder: Path) -> Self:
        """Read what `save` wrote."""
        description = json.loads((folder / _CODING).read_text(encoding="utf-8"))
        return cls(Coding.read(description), TextMap.load(folder))


def joined(features: Features, n_rows: int) -> Sequence[str]:
    """All texts of a row as one, by name of the column."""
    if not features.texts:
        return [""] * n_rows
    columns = [features.texts[name] for name in sorted(features.texts)]
    return [" ".join(texts) for texts in zip(*columns, strict=True)]
