"""A checkpoint in one line, for a QR code: the same note comes back, and nothing else is taken for one."""

from __future__ import annotations

import subprocess
from dataclasses import replace
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from esign.trail.checkpoint import LARGEST_EPOCH, LARGEST_SIZE, Checkpoint, Origin, SignedCheckpoint, sign_checkpoint
from esign.trail.checkpoint import verify_checkpoint as verify
from esign.trail.compact_checkpoint import CHARACTERS_AT_MOST, compact_checkpoint, read_compact_checkpoint
from esign.trail.errors import NoteRefused
from esign.trail.note import Ed25519NoteKey

KEY = Ed25519NoteKey(Ed25519PrivateKey.from_private_bytes(b"\x01" * 32))
SIGNED = sign_checkpoint(Checkpoint(Origin("signing.insurer.example/trail"), 3, bytes(range(32))), KEY)
DOCUMENTED = Path(__file__).parents[3] / "docs" / "trail.md"


def refused(line: str) -> str:
    with pytest.raises(NoteRefused) as caught:
        read_compact_checkpoint(line)
    return caught.value.code


@given(
    log=st.from_regex(r"[A-Za-z0-9][A-Za-z0-9._/-]{0,199}", fullmatch=True),
    epoch=st.integers(1, LARGEST_EPOCH),
    size=st.integers(1, LARGEST_SIZE),
    root=st.binary(min_size=32, max_size=32),
)
def test_every_checkpoint_comes_back_byte_for_byte_from_one_line_of_ascii(
    log: str, epoch: int, size: int, root: bytes
) -> None:
    signed = sign_checkpoint(Checkpoint(Origin(log, epoch), size, root), KEY)
    line = compact_checkpoint(signed)
    assert line.isascii() and line.isprintable() and len(line) <= CHARACTERS_AT_MOST
    assert read_compact_checkpoint(line).encode() == signed.encode()
    assert verify(read_compact_checkpoint(line), [KEY.public_key]).root == root


def test_spaces_and_line_ends_that_a_scanner_adds_mean_nothing() -> None:
    assert read_compact_checkpoint("\r\n" + compact_checkpoint(SIGNED).replace(" ", " \n ") + "\n") == SIGNED


def test_the_signatures_of_witnesses_stay_behind() -> None:
    witness = Ed25519NoteKey(Ed25519PrivateKey.from_private_bytes(b"\x02" * 32))
    also = SignedCheckpoint(SIGNED.checkpoint, SIGNED.note.signed_also("witness.example", witness))
    assert compact_checkpoint(also) == compact_checkpoint(SIGNED)


def test_a_checkpoint_that_the_line_cannot_carry_is_refused_rather_than_cut() -> None:
    extended = sign_checkpoint(replace(SIGNED.checkpoint, extensions=("more",)), KEY)
    unsigned = SignedCheckpoint(SIGNED.checkpoint, replace(SIGNED.note, signatures=()))
    for one in (extended, unsigned):
        with pytest.raises(NoteRefused) as caught:
            compact_checkpoint(one)
        assert caught.value.code == "checkpoint-compact"


@pytest.mark.parametrize(
    "change",
    [
        lambda line: "",
        lambda line: line.replace("esign-checkpoint/1", "esign-checkpoint/2"),
        lambda line: f"{line} more",
        lambda line: line.rsplit(" ", 1)[0],
        lambda line: line[:-8],
        lambda line: line.replace(" 3 ", " 3 " + " " * CHARACTERS_AT_MOST),
        lambda line: line.replace("/trail/1", "/trail/0"),
        lambda line: line.replace(" 3 ", " 03 "),
        lambda line: line.replace(" 3 ", " 三 "),
    ],
)
def test_what_is_not_such_a_line_is_refused(change: object) -> None:
    line = compact_checkpoint(SIGNED)
    assert callable(change) and refused(change(line)).startswith("checkpoint-")


def test_a_line_with_another_root_is_read_and_does_not_verify() -> None:
    line = compact_checkpoint(SIGNED).split(" ")
    line[3] = "B" + line[3][1:]
    with pytest.raises(NoteRefused) as caught:
        verify(read_compact_checkpoint(" ".join(line)), [KEY.public_key])
    assert caught.value.code == "note-signature"


def test_the_way_by_hand_that_the_page_tells_gives_the_note(tmp_path: Path) -> None:
    page = DOCUMENTED.read_text("utf-8")
    (by_hand,) = (part for part in page.split("```")[1::2] if "read -r form" in part)
    (tmp_path / "code.txt").write_text(compact_checkpoint(SIGNED) + "\n", "ascii")
    subprocess.run(["bash", "-euc", by_hand], cwd=tmp_path, check=True, timeout=20)
    assert (tmp_path / "note").read_bytes() == SIGNED.encode()
