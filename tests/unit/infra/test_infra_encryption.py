from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from esign.infra.encryption import (
    CHUNK_SIZE,
    most_in_a_stream,
    new_data_key,
    seal,
    seal_stream,
    unseal,
    unseal_stream,
)
from esign.infra.errors import SealedDataError

KEY = bytes(range(32))
CHUNK = CHUNK_SIZE + 16


def sealed_stream(data: bytes, name: str = "photos/1") -> bytes:
    return b"".join(seal_stream(KEY, name, [data]))


def opened_stream(sealed: bytes, name: str = "photos/1", key: bytes = KEY) -> bytes:
    return b"".join(unseal_stream(key, name, [sealed]))


@given(st.binary(max_size=300), st.text(max_size=20))
def test_what_was_sealed_opens_again(data: bytes, record_id: str) -> None:
    assert unseal(KEY, record_id, seal(KEY, record_id, data)) == data


def test_the_same_data_never_seals_to_the_same_bytes() -> None:
    assert seal(KEY, "rec_1", b"x") != seal(KEY, "rec_1", b"x")
    assert new_data_key() != new_data_key()


@given(st.data())
def test_no_byte_of_a_sealed_item_can_be_changed(data: st.DataObject) -> None:
    sealed = bytearray(seal(KEY, "rec_1", b"13800000001"))
    sealed[data.draw(st.integers(0, len(sealed) - 1))] ^= data.draw(st.integers(1, 255))
    with pytest.raises(SealedDataError):
        unseal(KEY, "rec_1", bytes(sealed))


def test_a_sealed_item_does_not_open_as_another_record_or_with_another_key_or_cut() -> None:
    sealed = seal(KEY, "rec_1", b"secret")
    for key, record_id, data in (
        (KEY, "rec_2", sealed),
        (bytes(32), "rec_1", sealed),
        (KEY, "rec_1", sealed[:-1]),
        (KEY, "rec_1", sealed[:5]),
        (KEY, "rec_1", b""),
        (KEY, "rec_1", sealed_stream(b"secret", "rec_1")),
    ):
        with pytest.raises(SealedDataError):
            unseal(key, record_id, data)


@pytest.mark.parametrize("size", [0, 1, CHUNK_SIZE - 1, CHUNK_SIZE, CHUNK_SIZE + 1, 2 * CHUNK_SIZE, 3 * CHUNK_SIZE + 7])
def test_a_stream_opens_again_whatever_its_size(size: int) -> None:
    data = bytes(range(256)) * (size // 256 + 1)
    sealed = sealed_stream(data[:size])
    assert opened_stream(sealed) == data[:size]
    assert most_in_a_stream(len(sealed)) == size


@given(st.lists(st.binary(max_size=40), max_size=8), st.lists(st.integers(0, 400), max_size=6))
def test_a_stream_may_come_in_pieces_of_any_size(pieces: list[bytes], cuts: list[int]) -> None:
    sealed = b"".join(seal_stream(KEY, "n", pieces))
    edges = [0, *sorted(cut for cut in cuts if cut < len(sealed)), len(sealed)]
    cut = [sealed[start:end] for start, end in pairwise(edges)]
    assert b"".join(unseal_stream(KEY, "n", cut)) == b"".join(pieces)


def test_a_stream_is_not_taken_for_whole_when_chunks_are_cut_moved_or_doubled() -> None:
    sealed = sealed_stream(bytes(3 * CHUNK_SIZE))
    head, one, two, three = (
        sealed[:1],
        sealed[1 : 1 + CHUNK],
        sealed[1 + CHUNK : 1 + 2 * CHUNK],
        sealed[1 + 2 * CHUNK :],
    )
    assert opened_stream(head + one + two + three) == bytes(3 * CHUNK_SIZE)
    for altered in (
        head + one + two,
        head + one,
        head,
        b"",
        head + two + one + three,
        head + one + one + three,
        head + one + two + three + three,
        head + one + two + three[:-1],
        b"\x01" + one + two + three,
    ):
        with pytest.raises(SealedDataError):
            opened_stream(altered)


def test_a_stream_does_not_open_under_another_name_or_key() -> None:
    with pytest.raises(SealedDataError):
        opened_stream(sealed_stream(b"x"), name="photos/2")
    with pytest.raises(SealedDataError):
        opened_stream(sealed_stream(b"x"), key=bytes(32))


def test_an_empty_stream_cannot_be_made_from_a_full_one() -> None:
    sealed = sealed_stream(b"x")
    with pytest.raises(SealedDataError):
        opened_stream(sealed[:1] + sealed[-16:])
