"""Cosignatures: what a witness signs, how its key is written, and what is refused."""

from __future__ import annotations

import base64
from dataclasses import replace
from datetime import UTC, datetime
from hashlib import sha256

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from esign.trail.checkpoint import Checkpoint, Origin, SignedCheckpoint, sign_checkpoint, verify_checkpoint
from esign.trail.cosignature import Cosigner, CosigningKey, cosign, cosigned_by
from esign.trail.errors import NoteRefused
from esign.trail.note import Ed25519NoteKey, NoteVerifier

LOG_KEY = Ed25519NoteKey(Ed25519PrivateKey.from_private_bytes(b"\x01" * 32))
WITNESS = CosigningKey("witness.example/w1", Ed25519NoteKey(Ed25519PrivateKey.from_private_bytes(b"\x02" * 32)))
NOON = datetime(2026, 11, 26, 4, 0, 0, 999_999, tzinfo=UTC)
SIGNED = sign_checkpoint(Checkpoint(Origin("signing.insurer.example/trail"), 3, bytes(range(32))), LOG_KEY)
COSIGNED = cosign(SIGNED, WITNESS, NOON)


def test_what_is_signed_is_the_time_and_the_whole_text_under_a_key_of_type_four() -> None:
    """By the definition alone: C2SP tlog-cosignature, Format and Ed25519 signed message."""
    dash, name, blob = COSIGNED.encode().decode().splitlines()[-1].split(" ")
    assert (dash, name) == ("\N{EM DASH}", "witness.example/w1")
    public = WITNESS.key.public_key
    line = base64.b64decode(blob)
    assert line[:4] == sha256(b"witness.example/w1\n\x04" + public).digest()[:4]
    seconds = int(NOON.timestamp())
    assert line[4:12] == seconds.to_bytes(8, "big")
    message = f"cosignature/v1\ntime {seconds}\n{SIGNED.note.text}".encode()
    Ed25519PublicKey.from_public_bytes(public).verify(line[12:], message)


def test_the_log_s_own_signature_stays_and_verifies_beside_it() -> None:
    assert COSIGNED.note.signatures[0] == SIGNED.note.signatures[0]
    assert verify_checkpoint(COSIGNED, [LOG_KEY.public_key]) == SIGNED.checkpoint
    assert cosigned_by(COSIGNED, [WITNESS.cosigner]) == {WITNESS.cosigner: NOON.replace(microsecond=0)}
    assert cosigned_by(SIGNED, [WITNESS.cosigner]) == {}
    assert cosigned_by(COSIGNED, []) == {}


def test_who_signs_again_replaces_their_own_line_and_no_other() -> None:
    other = CosigningKey("other.example", Ed25519NoteKey(Ed25519PrivateKey.from_private_bytes(b"\x03" * 32)))
    later = NOON.replace(hour=5, microsecond=0)
    twice = cosign(cosign(COSIGNED, other, NOON), WITNESS, later)
    assert len(twice.note.signatures) == 3
    found = cosigned_by(twice, [WITNESS.cosigner, other.cosigner])
    assert found == {WITNESS.cosigner: later, other.cosigner: NOON.replace(microsecond=0)}


def altered(signature: bytes) -> SignedCheckpoint:
    """Return the checkpoint with this for the witness's signature."""
    first, second = COSIGNED.note.signatures
    note = replace(COSIGNED.note, signatures=(first, replace(second, signature=signature)))
    return replace(COSIGNED, note=note)


@pytest.mark.parametrize("position", [0, 7, 8, 71])
def test_another_time_or_signature_under_a_known_key_is_refused(position: int) -> None:
    signature = bytearray(COSIGNED.note.signatures[1].signature)
    signature[position] ^= 1
    with pytest.raises(NoteRefused) as refusal:
        cosigned_by(altered(bytes(signature)), [WITNESS.cosigner])
    assert refusal.value.code == "note-signature"


@pytest.mark.parametrize("signature", [b"", b"\x00" * 8, b"\xff" * 72, COSIGNED.note.signatures[1].signature + b"\x00"])
def test_what_is_no_cosignature_is_refused(signature: bytes) -> None:
    with pytest.raises(NoteRefused):
        cosigned_by(altered(signature), [WITNESS.cosigner])


def test_a_cosignature_moved_under_another_checkpoint_is_refused() -> None:
    other = sign_checkpoint(replace(SIGNED.checkpoint, size=4), LOG_KEY)
    moved = replace(other, note=replace(other.note, signatures=(*other.note.signatures, COSIGNED.note.signatures[1])))
    with pytest.raises(NoteRefused):
        cosigned_by(moved, [WITNESS.cosigner])


def test_a_plain_signature_of_the_same_key_is_no_cosignature() -> None:
    """The kinds of keys differ in their ids, so one is never taken for the other."""
    note = SIGNED.note.signed_also(WITNESS.name, WITNESS.key)
    assert cosigned_by(SignedCheckpoint(SIGNED.checkpoint, note), [WITNESS.cosigner]) == {}
    assert NoteVerifier(WITNESS.name, WITNESS.key.public_key).key_id != WITNESS.cosigner.key_id


def test_keys_are_read_back_as_they_are_written() -> None:
    assert Cosigner.from_vkey(WITNESS.cosigner.vkey) == WITNESS.cosigner
    read = CosigningKey.parse(WITNESS.encode())
    assert (read.name, read.cosigner) == (WITNESS.name, WITNESS.cosigner)
    assert CosigningKey.generate("a.example").cosigner != CosigningKey.generate("a.example").cosigner


def test_a_key_tells_nothing_of_itself() -> None:
    seed = base64.b64encode(b"\x04" + b"\x02" * 32).decode()
    assert seed in WITNESS.encode()
    assert seed not in repr(WITNESS)


PUBLIC, PRIVATE = WITNESS.cosigner.vkey, WITNESS.encode()


@pytest.mark.parametrize(
    "vkey",
    [
        "",
        "witness.example/w1",
        PUBLIC.replace("w1", "w2"),
        PUBLIC + "!",
        PUBLIC[:-4],
        NoteVerifier("witness.example/w1", WITNESS.key.public_key).vkey,
        PUBLIC.replace("+", "+0", 1),
        "a b" + PUBLIC,
        PUBLIC * 9,
    ],
)
def test_a_witness_s_verifier_key_that_is_not_whole_is_refused(vkey: str) -> None:
    with pytest.raises(NoteRefused):
        Cosigner.from_vkey(vkey)


@pytest.mark.parametrize(
    "text",
    ["", PRIVATE.strip(), PRIVATE.removeprefix("PRIVATE+KEY+"), PRIVATE.replace("w1", "w2"), PRIVATE + "\n", PUBLIC],
)
def test_a_key_file_that_is_none_is_refused_without_a_word_of_it(text: str) -> None:
    with pytest.raises(NoteRefused) as refusal:
        CosigningKey.parse(text)
    assert base64.b64encode(b"\x04" + b"\x02" * 32).decode() not in str(refusal.value)


@pytest.mark.parametrize("name", ["", "two words", "plus+sign", "x" * 257])
def test_a_name_that_no_line_can_carry_is_refused(name: str) -> None:
    with pytest.raises(NoteRefused):
        CosigningKey.generate(name)
