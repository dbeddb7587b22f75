"""Signed notes, checkpoints and the proofs that hang on them."""

from __future__ import annotations

import base64
from dataclasses import replace
from hashlib import sha256

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from ca.authority import EmbeddedAuthority
from ca.ports import TimestampToken
from esign.trail.checkpoint import (
    Checkpoint,
    Origin,
    TimestampedCheckpoint,
    parse_checkpoint,
    sign_checkpoint,
    timestamp_checkpoint,
    verify_checkpoint,
)
from esign.trail.errors import EventRefused, NoteRefused, ProofRefused
from esign.trail.event import canonical
from esign.trail.merkle import EMPTY_ROOT, Frontier, leaf_hash
from esign.trail.note import Ed25519NoteKey, NoteVerifier, parse_note, sign_note, verify_note
from esign.trail.proof import (
    InclusionProof,
    parse_inclusion_proof,
    verify_continues,
    verify_inclusion_proof,
)
from tests.vectors.trail.sample_events import event

# The example that C2SP signed-note gives, with its verifier key.
PUBLISHED_VKEY = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k"
PUBLISHED_NOTE = (
    "This is an example message.\n\n"
    "— example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=\n"
).encode()

KEY = Ed25519NoteKey(Ed25519PrivateKey.from_private_bytes(b"\x01" * 32))
WITNESS = Ed25519NoteKey(Ed25519PrivateKey.from_private_bytes(b"\x02" * 32))
ORIGIN = Origin("signing.insurer.example/trail")
HEAD = Checkpoint(ORIGIN, 3, bytes(range(32)))
SIGNED = sign_checkpoint(HEAD, KEY)


def test_the_published_note_verifies_under_its_published_key() -> None:
    verifier = NoteVerifier.from_vkey(PUBLISHED_VKEY)
    assert (verifier.name, verifier.key_id.hex(), verifier.vkey) == ("example.com/foo", "530d903a", PUBLISHED_VKEY)
    note = parse_note(PUBLISHED_NOTE)
    assert note.encode() == PUBLISHED_NOTE
    assert verify_note(note, (verifier,)) == {verifier}


def test_a_published_note_of_another_text_is_refused() -> None:
    altered = parse_note(PUBLISHED_NOTE.replace(b"example message", b"ixample message"))
    with pytest.raises(NoteRefused) as refusal:
        verify_note(altered, (NoteVerifier.from_vkey(PUBLISHED_VKEY),))
    assert refusal.value.code == "note-signature"


@pytest.mark.parametrize(
    "vkey",
    [
        "",
        "example.com/foo",
        PUBLISHED_VKEY.replace("530d903a", "530d903b"),
        PUBLISHED_VKEY.replace("foo", "fop"),
        PUBLISHED_VKEY.replace("+Aek", "+Bek"),
        PUBLISHED_VKEY[:-4],
        PUBLISHED_VKEY + "!",
        "a b" + PUBLISHED_VKEY,
        PUBLISHED_VKEY * 20,
    ],
)
def test_a_verifier_key_that_is_not_whole_is_refused(vkey: str) -> None:
    with pytest.raises(NoteRefused):
        NoteVerifier.from_vkey(vkey)


def test_a_checkpoint_is_three_lines_and_a_signature_under_its_origin() -> None:
    lines = SIGNED.encode().decode().split("\n")
    assert lines[:4] == ["signing.insurer.example/trail/1", "3", base64.b64encode(HEAD.root).decode(), ""]
    assert lines[4].startswith("— signing.insurer.example/trail/1 ")
    assert lines[5:] == [""]
    read = parse_checkpoint(SIGNED.encode())
    assert read == SIGNED
    assert verify_checkpoint(read, [KEY.public_key]) == HEAD


@given(st.integers(1, 2**53 - 1), st.binary(min_size=32, max_size=32), st.integers(1, 2**31 - 1))
def test_every_checkpoint_is_read_back(size: int, root: bytes, epoch: int) -> None:
    head = Checkpoint(Origin("log.example", epoch), size, root, ("an extension",))
    assert parse_checkpoint(sign_checkpoint(head, KEY).encode()).checkpoint == head


@pytest.mark.parametrize("position", range(0, len(SIGNED.encode()), 3))
def test_a_checkpoint_with_one_byte_changed_is_refused(position: int) -> None:
    encoded = bytearray(SIGNED.encode())
    encoded[position] ^= 1
    with pytest.raises(NoteRefused):
        verify_checkpoint(parse_checkpoint(bytes(encoded)), [KEY.public_key])


@pytest.mark.parametrize(
    "text",
    [
        "",
        "\n",
        "log.example/1\n3\n",
        "log.example/1\n03\n{root}\n",
        "log.example/1\n-3\n{root}\n",
        "log.example/1\n9007199254740992\n{root}\n",
        "log.example/1\n3\nAAAA\n",
        "log.example/1\n3\n{root}!\n",
        "log.example/1\n0\n{root}\n",
        "log.example/0\n3\n{root}\n",
        "log.example/01\n3\n{root}\n",
        "log.example\n3\n{root}\n",
        "log example/1\n3\n{root}\n",
        "log.example/1\n3\n{root}\n扩\n",
        "log.example/1\n3\n{root}\n" + "extension\n" * 17,
        "log.example/9999999999\n3\n{root}\n",
    ],
)
def test_a_note_that_is_no_checkpoint_is_refused(text: str) -> None:
    with pytest.raises(NoteRefused):
        Checkpoint.from_text(text.format(root=base64.b64encode(HEAD.root).decode()))


SIGNATURE = SIGNED.note.signatures[0].line.encode()


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"text\n",
        b"\n\n" + SIGNATURE,
        b"text\n\n" + SIGNATURE[:-1],
        b"text\n\n" + SIGNATURE + b"\n",
        b"text\n\n" + SIGNATURE.replace("—".encode(), b"-"),
        b"text\n\n" + SIGNATURE.replace(b"insurer", b"insu+rer"),
        b"text\n\n" + SIGNATURE.replace(b"insurer", "insu\u3000rer".encode()),
        b"text\n\n" + SIGNATURE.replace(b" ", b"  "),
        "text\n\n— name AAAA\n".encode(),
        "text\n\n— name AAAAAAB=\n".encode(),
        "text\n\n— name ?\n".encode(),
        b"te\txt\n\n" + SIGNATURE,
        b"te\xffxt\n\n" + SIGNATURE,
        b"text\n\n" + SIGNATURE * 33,
        b"text" * 100_000 + b"\n\n" + SIGNATURE,
    ],
)
def test_bytes_that_are_no_note_are_refused(data: bytes) -> None:
    with pytest.raises(NoteRefused):
        parse_note(data)


def test_sixteen_witnesses_find_room_as_the_format_demands() -> None:
    note = SIGNED.note
    for number in range(16):
        note = note.signed_also(f"witness.example/{number}", WITNESS)
    assert parse_checkpoint(note.encode()).checkpoint == HEAD


def test_witnesses_count_only_when_they_are_known_and_as_many_as_needed() -> None:
    witness = NoteVerifier("witness.example", WITNESS.public_key)
    stranger = NoteVerifier("stranger.example", WITNESS.public_key)
    cosigned = replace(SIGNED, note=SIGNED.note.signed_also("witness.example", WITNESS))
    assert verify_checkpoint(cosigned, [KEY.public_key], witnesses=[witness], witnesses_needed=1) == HEAD
    with pytest.raises(NoteRefused) as refusal:
        verify_checkpoint(cosigned, [KEY.public_key], witnesses=[stranger], witnesses_needed=1)
    assert refusal.value.code == "checkpoint-witnesses"


def test_a_checkpoint_that_only_witnesses_signed_is_not_the_logs() -> None:
    note = sign_note(HEAD.text, "witness.example", WITNESS)
    with pytest.raises(NoteRefused) as refusal:
        verify_checkpoint(
            parse_checkpoint(note.encode()),
            [KEY.public_key],
            witnesses=[NoteVerifier("witness.example", WITNESS.public_key)],
        )
    assert refusal.value.code == "note-signature"


def test_a_failing_line_of_a_known_key_condemns_the_note_though_another_verifies() -> None:
    witness = NoteVerifier("witness.example", WITNESS.public_key)
    line = SIGNED.note.signed_also("witness.example", WITNESS).signatures[1]
    forged = replace(line, signature=bytes(64))
    with pytest.raises(NoteRefused):
        verify_checkpoint(
            replace(SIGNED, note=replace(SIGNED.note, signatures=(*SIGNED.note.signatures, forged))),
            [KEY.public_key],
            witnesses=[witness],
        )


def test_a_line_of_an_unknown_kind_is_ignored() -> None:
    note = SIGNED.encode() + f"— other.example {base64.b64encode(bytes(3000)).decode()}\n".encode()
    assert verify_checkpoint(parse_checkpoint(note), [KEY.public_key]) == HEAD


class LyingKey:
    public_key = KEY.public_key

    def sign(self, data: bytes) -> bytes:
        return WITNESS.sign(data)


def test_a_key_store_that_signs_with_another_key_is_caught_before_publishing() -> None:
    with pytest.raises(NoteRefused):
        sign_checkpoint(HEAD, LyingKey())


def test_a_timestamp_covers_the_note_with_its_signature(authority: EmbeddedAuthority) -> None:
    stamped = timestamp_checkpoint(SIGNED, authority.timestamp_authority)
    assert stamped.checkpoint == HEAD
    assert stamped.signed.digest == sha256(SIGNED.encode()).digest()


def test_a_timestamp_of_something_else_is_refused(authority: EmbeddedAuthority) -> None:
    token = authority.timestamp_authority.timestamp(sha256(b"something else").digest())
    for der in (token.der, b"", b"\x30\x00", token.der[:-1], token.der + b"\x00"):
        with pytest.raises(NoteRefused) as refusal:
            TimestampedCheckpoint(SIGNED, TimestampToken(der, token.gen_time))
        assert refusal.value.code == "checkpoint-timestamp"


def proof_of_three(index: int = 1) -> InclusionProof:
    entries = [canonical(event(number)) for number in (1, 2, 3)]
    frontier = Frontier()
    for entry in entries:
        frontier.append(leaf_hash(entry))
    leaves = [leaf_hash(entry) for entry in entries]
    signed = sign_checkpoint(Checkpoint(ORIGIN, 3, frontier.root()), KEY)
    return InclusionProof(entries[index], index, (leaves[0], leaves[2]), signed)


def test_a_proof_of_an_event_needs_its_file_and_the_logs_key_alone() -> None:
    encoded = proof_of_three().encode()
    assert encoded.startswith(b"c2sp.org/tlog-proof@v1\nextra ")
    assert verify_inclusion_proof(parse_inclusion_proof(encoded), [KEY.public_key]) == event(2)


def test_a_proof_with_any_part_changed_is_refused() -> None:
    proof = proof_of_three()
    for forged in (
        replace(proof, index=0),
        replace(proof, entry=canonical(event(3))),
        replace(proof, entry=b"no event"),
        replace(proof, path=proof.path[::-1]),
        replace(proof, path=()),
        replace(proof, signed=SIGNED),
        replace(proof, signed=sign_checkpoint(proof.signed.checkpoint, WITNESS)),
    ):
        with pytest.raises((ProofRefused, NoteRefused)):
            verify_inclusion_proof(forged, [KEY.public_key])


def test_an_entry_that_is_in_the_tree_but_no_event_is_refused() -> None:
    root = leaf_hash(b"no event")
    proof = InclusionProof(b"no event", 0, (), sign_checkpoint(Checkpoint(ORIGIN, 1, root), KEY))
    with pytest.raises(EventRefused):
        verify_inclusion_proof(proof, [KEY.public_key])


@pytest.mark.parametrize("position", range(0, len(proof_of_three().encode()), 7))
def test_a_proof_file_with_one_byte_changed_is_refused(position: int) -> None:
    encoded = bytearray(proof_of_three().encode())
    encoded[position] ^= 1
    with pytest.raises((ProofRefused, NoteRefused, EventRefused)):
        verify_inclusion_proof(parse_inclusion_proof(bytes(encoded)), [KEY.public_key])


@given(st.binary(max_size=300))
def test_nothing_but_a_refusal_comes_of_bytes_that_are_no_proof(data: bytes) -> None:
    with pytest.raises((ProofRefused, NoteRefused)):
        parse_inclusion_proof(b"c2sp.org/tlog-proof@v1\n" + data)


def test_a_checkpoint_of_another_log_or_an_earlier_epoch_does_not_continue() -> None:
    empty = Checkpoint(ORIGIN, 0, EMPTY_ROOT)
    verify_continues(empty, HEAD, ())
    verify_continues(empty, replace(HEAD, origin=replace(ORIGIN, epoch=2)), ())
    for earlier in (replace(empty, origin=Origin("other.example")), replace(empty, origin=replace(ORIGIN, epoch=2))):
        with pytest.raises(ProofRefused) as refusal:
            verify_continues(earlier, HEAD, ())
        assert refusal.value.code == "consistency-origin"
