"""Files of kept checkpoints: notes and codes in any order, and what is no such file."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from esign.trail.checkpoint import Checkpoint, Origin, sign_checkpoint
from esign.trail.compact_checkpoint import compact_checkpoint
from esign.trail.cosignature import CosigningKey, cosign
from esign.trail.errors import WitnessRefused
from esign.trail.note import Ed25519NoteKey
from esign.trail.witness_file import BYTES_AT_MOST, read_witness_file, verify_witnessed

KEY = Ed25519NoteKey(Ed25519PrivateKey.from_private_bytes(b"\x01" * 32))
WITNESS = CosigningKey("witness.example/w1", Ed25519NoteKey(Ed25519PrivateKey.from_private_bytes(b"\x02" * 32)))
NOON = datetime(2026, 11, 26, 4, tzinfo=UTC)
FIRST, SECOND, THIRD = (
    sign_checkpoint(Checkpoint(Origin("log.example"), size, bytes([size]) * 32), KEY) for size in (3, 4, 5)
)
COSIGNED = cosign(SECOND, WITNESS, NOON)
FILE = (
    b"# kept by a customer\n\n"
    + FIRST.encode()
    + COSIGNED.encode()
    + b"\n"
    + compact_checkpoint(THIRD).encode()
    + b"\n# the same again\n"
    + FIRST.encode()
)


def test_notes_and_codes_are_read_in_any_order_with_their_lines() -> None:
    found = read_witness_file(FILE)
    assert [(one.line, one.signed.checkpoint.size) for one in found] == [(3, 3), (8, 4), (15, 5), (17, 3)]
    assert found[1].signed == COSIGNED


def test_a_file_saved_from_a_message_or_an_editor_is_read_alike() -> None:
    for data in (FILE.replace(b"\n", b"\r\n"), b"\xef\xbb\xbf" + FILE, FILE.rstrip(b"\n")):
        assert [one.signed for one in read_witness_file(data)] == [one.signed for one in read_witness_file(FILE)]


def test_the_log_s_signature_is_verified_and_the_witnesses_are_named_with_their_times() -> None:
    found = verify_witnessed(read_witness_file(FILE), [KEY.public_key], [WITNESS.cosigner])
    assert [one.by for one in found] == [{}, {WITNESS.cosigner: NOON}, {}, {}]


@pytest.mark.parametrize("data", [FILE.replace(b"\n4\n", b"\n6\n"), FILE.replace(b" 5 ", b" 6 ")])
def test_a_checkpoint_that_the_log_did_not_sign_is_told_by_its_line(data: bytes) -> None:
    with pytest.raises(WitnessRefused, match=r"line (8|15)") as refusal:
        verify_witnessed(read_witness_file(data), [KEY.public_key])
    assert refusal.value.code == "witness-signature"


def test_a_known_witness_s_line_that_does_not_verify_is_told() -> None:
    spoiled = bytearray(COSIGNED.encode())
    spoiled[-8] ^= 1
    found = read_witness_file(bytes(spoiled))
    verify_witnessed(found, [KEY.public_key])
    with pytest.raises(WitnessRefused) as refusal:
        verify_witnessed(found, [KEY.public_key], [WITNESS.cosigner])
    assert refusal.value.code == "witness-signature"


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "witness-empty"),
        (b"# nothing\n\n", "witness-empty"),
        (b"\xff\xfe", "witness-form"),
        (b"Dear auditor,\n", "witness-form"),
        (b"Dear auditor,\n" + FIRST.encode(), "witness-form"),
        (FIRST.encode()[:-20], "witness-form"),
        (FIRST.encode().replace(b"\n\n", b"\n"), "witness-form"),
        (compact_checkpoint(THIRD).encode()[:-1], "witness-form"),
        (b"esign-checkpoint/2 a/1 1 x y\n", "witness-form"),
        (b"#" * (BYTES_AT_MOST + 1), "witness-size"),
    ],
)
def test_what_is_no_such_file_is_refused(data: bytes, code: str) -> None:
    with pytest.raises(WitnessRefused) as refusal:
        read_witness_file(data)
    assert refusal.value.code == code


def test_more_checkpoints_than_anybody_needs_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("esign.trail.witness_file.CHECKPOINTS_AT_MOST", 3)
    with pytest.raises(WitnessRefused) as refusal:
        read_witness_file(FILE)
    assert refusal.value.code == "witness-size"
