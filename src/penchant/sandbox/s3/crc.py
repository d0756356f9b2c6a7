"""Cyclic redundancy checks of any width up to 64, reflected, fast enough for streams.

A CRC without its initial value is linear over GF(2): the CRC of a block is the exclusive or of
one table entry per byte, taken from a table of its position. So blocks of 256 bytes are looked up
all at once, and their CRCs are joined pairwise by "shifting" the left one past the right one.
Leading zero bytes change nothing, which makes every length a power of two.
"""

from dataclasses import dataclass, field
from functools import cached_property
from typing import Final

import numpy as np
import numpy.typing as npt

Uint64s = npt.NDArray[np.uint64]

_BLOCK: Final = 256
_PIECE_BYTES: Final = 2**20


@dataclass(frozen=True)
class Polynomial:
    """A CRC's reflected polynomial; initial value and final exclusive or are all ones.

    Attributes:
        width: Bits, a multiple of 8 up to 64.
        reflected: The polynomial with its bits reversed.
    """

    width: int
    reflected: int
    _shifts: list[list[int]] = field(default_factory=list, repr=False, compare=False)

    def update(self, crc: int, data: bytes | memoryview) -> int:
        """The CRC of what `crc` stands for followed by `data`; 0 stands for nothing."""
        state = crc ^ self._ones
        for start in range(0, len(data), _PIECE_BYTES):
            piece = data[start : start + _PIECE_BYTES]
            if len(piece) <= _BLOCK:
                state = self._bytewise(state, piece)
            else:
                state = self.shift(state, len(piece)) ^ self._blockwise(piece)
        return state ^ self._ones

    def combine(self, left: int, right: int, n_right_bytes: int) -> int:
        """The CRC of two strings in a row from the CRC of each."""
        return self.shift(left, n_right_bytes) ^ right

    def shift(self, state: int, n_bytes: int) -> int:
        """What `n_bytes` zero bytes make of a state."""
        power = 0
        while n_bytes:
            if n_bytes & 1:
                state = _apply(self._operator(power), state)
            n_bytes >>= 1
            power += 1
        return state

    @property
    def _ones(self) -> int:
        return (1 << self.width) - 1

    @cached_property
    def _table(self) -> list[int]:
        table = []
        for value in range(256):
            state = value
            for _ in range(8):
                state = (state >> 1) ^ (self.reflected if state & 1 else 0)
            table.append(state)
        return table

    @cached_property
    def _position_tables(self) -> Uint64s:
        """`(_BLOCK, 256)`: what a byte at a position of a block adds to the block's CRC."""
        last = np.array(self._table, dtype=np.uint64)
        rows = [last]
        for _ in range(_BLOCK - 1):
            rows.append(last[rows[-1] & np.uint64(0xFF)] ^ (rows[-1] >> np.uint64(8)))
        return np.stack(rows[::-1])

    def _bytewise(self, state: int, data: bytes | memoryview) -> int:
        table = self._table
        for byte in data:
            state = table[(state ^ byte) & 0xFF] ^ (state >> 8)
        return state

    def _blockwise(self, data: bytes | memoryview) -> int:
        n_blocks = 1 << max(0, (-(-len(data) // _BLOCK) - 1).bit_length())
        padded = np.zeros(n_blocks * _BLOCK, dtype=np.uint8)
        padded[len(padded) - len(data) :] = np.frombuffer(data, dtype=np.uint8)
        columns = np.ascontiguousarray(padded.reshape(n_blocks, _BLOCK).T)
        states = np.zeros(n_blocks, dtype=np.uint64)
        added = np.empty_like(states)
        for table, column in zip(self._position_tables, columns, strict=True):
            table.take(column, out=added, mode="clip")  # "raise" would copy `out`
            states ^= added
        power = _BLOCK.bit_length() - 1
        while len(states) > 1:
            states = self._shift_all(states[0::2], power) ^ states[1::2]
            power += 1
        return int(states[0])

    def _shift_all(self, states: Uint64s, power: int) -> Uint64s:
        """`shift` by `2**power` bytes of many states."""
        shifted = np.zeros_like(states)
        for byte, table in enumerate(self._shift_tables(power)):
            shifted ^= table[(states >> np.uint64(8 * byte)) & np.uint64(0xFF)]
        return shifted

    def _shift_tables(self, power: int) -> Uint64s:
        """`(width / 8, 256)`: what each byte of a state becomes by `2**power` zero bytes."""
        kept = self._kept_shift_tables
        if power not in kept:
            kept[power] = _spread(self._operator(power))
        return kept[power]

    @cached_property
    def _kept_shift_tables(self) -> dict[int, Uint64s]:
        return {}

    def _operator(self, power: int) -> list[int]:
        """The matrix of `2**power` zero bytes: what each single bit of a state becomes."""
        if not self._shifts:
            self._shifts.append([self._bytewise(1 << bit, b"\0") for bit in range(self.width)])
        while len(self._shifts) <= power:
            last = self._shifts[-1]
            self._shifts.append([_apply(last, column) for column in last])
        return self._shifts[power]


def _apply(operator: list[int], state: int) -> int:
    shifted = 0
    for column in operator:
        if state & 1:
            shifted ^= column
        state >>= 1
    return shifted


def _spread(operator: list[int]) -> Uint64s:
    tables = np.zeros((len(operator) // 8, 256), dtype=np.uint64)
    for bit, column in enumerate(operator):
        size = 1 << (bit % 8)
        tables[bit // 8, size : 2 * size] = tables[bit // 8, :size] ^ np.uint64(column)
    return tables


CRC32: Final = Polynomial(32, 0xEDB88320)
CRC32C: Final = Polynomial(32, 0x82F63B78)
CRC64NVME: Final = Polynomial(64, 0x9A6C9329AC4BC9B5)
