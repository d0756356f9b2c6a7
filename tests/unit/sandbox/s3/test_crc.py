import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from penchant.sandbox.s3.crc import CRC32, CRC32C, CRC64NVME, Polynomial

CHECK = b"123456789"


@pytest.mark.parametrize(
    ("polynomial", "value"),
    [(CRC32, 0xCBF43926), (CRC32C, 0xE3069283), (CRC64NVME, 0xAE8B14860A799888)],
)
def test_the_catalogues_check_values_come_out(polynomial: Polynomial, value: int):
    assert polynomial.update(0, CHECK) == value


def by_bits(polynomial: Polynomial, data: bytes) -> int:
    """The definition: one bit at a time."""
    ones = (1 << polynomial.width) - 1
    state = ones
    for byte in data:
        state ^= byte
        for _ in range(8):
            state = (state >> 1) ^ (polynomial.reflected if state & 1 else 0)
    return state ^ ones


@pytest.mark.parametrize("n_bytes", [0, 1, 255, 256, 257, 511, 512, 1000, 4097, 70_001])
@pytest.mark.parametrize("polynomial", [CRC32C, CRC64NVME])
def test_every_length_agrees_with_the_definition(polynomial: Polynomial, n_bytes: int):
    data = bytes(n * n * 31 % 251 for n in range(n_bytes))
    assert polynomial.update(0, data) == by_bits(polynomial, data)


@given(st.binary(max_size=3000), st.integers(1, 3000))
def test_pieces_give_what_the_whole_gives(data: bytes, at: int):
    for polynomial in (CRC32C, CRC64NVME):
        pieces = polynomial.update(polynomial.update(0, data[:at]), data[at:])
        assert pieces == polynomial.update(0, data)


@given(st.binary(max_size=500), st.binary(max_size=500))
def test_two_crcs_combine_to_that_of_both(left: bytes, right: bytes):
    combined = CRC32.combine(zlib.crc32(left), zlib.crc32(right), len(right))
    assert combined == zlib.crc32(left + right)


def test_more_than_a_piece_at_once_is_taken():
    data = bytes(range(256)) * 9000
    assert CRC32.update(0, data) == zlib.crc32(data)
