"""What a witness signs, and what it does not: only what continues everything that it saw."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from esign.trail.checkpoint import Checkpoint, Origin, SignedCheckpoint, sign_checkpoint
from esign.trail.cosignature import CosigningKey, cosign
from esign.trail.countersigning import BYTES_AT_MOST, Request, parse_request, remembered, require_continuation
from esign.trail.errors import WitnessContradicted, WitnessRefused
from esign.trail.note import Ed25519NoteKey
from tests.vectors.trail import naive_merkle

KEY = Ed25519NoteKey(Ed25519PrivateKey.from_private_bytes(b"\x01" * 32))
WITNESS = CosigningKey("witness.example/w1", Ed25519NoteKey(Ed25519PrivateKey.from_private_bytes(b"\x02" * 32)))
ENTRIES = [bytes([number]) for number in range(9)]
NOON = datetime(2026, 11, 26, 12, tzinfo=UTC)


def head(size: int, *, epoch: int = 1, log: str = "log.example", entries: list[bytes] = ENTRIES) -> SignedCheckpoint:
    return sign_checkpoint(Checkpoint(Origin(log, epoch), size, naive_merkle.mth(entries[:size])), KEY)


def request(old: int, size: int, **changes: object) -> Request:
    return Request(head(size, **changes), old, tuple(naive_merkle.proof(old, ENTRIES[:size])))  # type: ignore[arg-type]


def seen(*sizes: int) -> list[Checkpoint]:
    return [head(size).checkpoint for size in sizes]


def test_a_request_is_read_back_as_it_was_written_and_a_note_alone_is_one() -> None:
    assert parse_request(request(3, 7).encode()) == request(3, 7)
    assert parse_request(head(7).encode()) == Request(head(7))
    assert request(3, 7).encode().startswith(b"old 3\n")


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"old 3\n",
        b"Dear witness,\n",
        request(3, 7).encode().replace(b"old 3", b"old 03"),
        request(3, 7).encode().replace(b"old 3", b"old -3"),
        request(3, 7).encode().replace(b"old 3", b"old  3"),
        request(3, 7).encode().replace(b"old 3\n", b"old 3\nAAAA\n"),
        request(3, 7).encode().replace(b"old 3\n", b"old 3\n!\n"),
        b"old 3\n" + b"A" * BYTES_AT_MOST,
    ],
)
def test_what_is_no_request_is_refused(data: bytes) -> None:
    with pytest.raises(WitnessRefused) as refusal:
        parse_request(data)
    assert refusal.value.code == "witness-request"


def test_the_first_checkpoint_of_a_log_is_believed_and_every_further_one_must_continue_it() -> None:
    require_continuation(Request(head(3)), [])
    require_continuation(request(3, 7), seen(3))
    require_continuation(request(3, 7), seen(1, 3, 2))
    require_continuation(Request(head(7)), seen(3, 7))
    require_continuation(Request(head(7, log="other.example")), seen(3))


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        (Request(head(2)), "witness-older"),
        (Request(head(7)), "witness-proof"),
        (request(2, 7), "witness-proof"),
        (request(3, 7, epoch=2), "witness-new-epoch"),
    ],
)
def test_what_cannot_be_judged_is_not_signed(asked: Request, code: str) -> None:
    with pytest.raises(WitnessRefused) as refusal:
        require_continuation(asked, seen(3))
    assert refusal.value.code == code


@pytest.mark.parametrize(
    "asked",
    [
        Request(head(3, entries=[b"other", *ENTRIES])),
        request(3, 7, entries=[b"other", *ENTRIES]),
        Request(head(7), 3, tuple(naive_merkle.proof(3, ENTRIES[:6]))),
        Request(head(7), 3),
    ],
)
def test_another_trail_than_the_one_that_was_seen_is_told(asked: Request) -> None:
    with pytest.raises(WitnessContradicted) as contradiction:
        require_continuation(asked, seen(3))
    assert contradiction.value.code == "witness-rewritten"


def test_of_each_day_and_epoch_the_last_is_kept() -> None:
    kept: list[SignedCheckpoint] = []
    for size, hours, epoch in ((1, 0, 1), (2, 3, 1), (3, 13, 1), (4, 14, 2), (5, 15, 1)):
        kept = remembered(
            kept, cosign(head(size, epoch=epoch), WITNESS, NOON + timedelta(hours=hours)), WITNESS.cosigner
        )
    assert [one.checkpoint.size for one in kept] == [2, 5, 4]
