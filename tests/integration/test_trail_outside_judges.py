"""openssl and the bare definitions judge an exported trail: timestamps, signatures, leaves, the root."""

from __future__ import annotations

import base64
import io
import json
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from ca.authority import EmbeddedAuthority
from esign.infra.database import Database
from esign.trail.checkpoint import parse_checkpoint
from esign.trail.cosignature import CosigningKey, cosign
from esign.trail.export import export_trail
from esign.trail.publishing import CheckpointPublisher
from tests.databases import *  # noqa: F403
from tests.tools import run_tool
from tests.vectors.trail import naive_merkle
from tests.vectors.trail.stored import LOG_KEY, ORIGIN, append, place


@pytest.fixture
def exported(database: Database, authority: EmbeddedAuthority) -> bytes:
    """Five events under two checkpoints, exported."""
    publisher = CheckpointPublisher(ORIGIN, LOG_KEY, authority.timestamp_authority)
    for count, after in ((2, 0), (3, 2)):
        append(database, count=count, after=after)
        place(database)
        publisher.publish(database)
    file = io.BytesIO()
    with database.reading() as session:
        export_trail(session, file)
    return file.getvalue()


def checkpoint_of(exported: bytes) -> tuple[bytes, bytes]:
    """Return the last checkpoint's note and its timestamp."""
    line = json.loads(exported.splitlines()[-1])
    return base64.b64decode(line["checkpoint"]), base64.b64decode(line["timestamp"])


def test_openssl_believes_the_timestamp_over_a_checkpoint(
    exported: bytes, authority: EmbeddedAuthority, tmp_path: Path
) -> None:
    note, token = checkpoint_of(exported)
    (tmp_path / "note").write_bytes(note)
    (tmp_path / "token").write_bytes(token)
    root = x509.load_der_x509_certificate(authority.roots[0]).public_bytes(Encoding.PEM)
    (tmp_path / "root.pem").write_bytes(root)
    verify = ("ts", "-verify", "-token_in", "-in", tmp_path / "token", "-CAfile", tmp_path / "root.pem")
    assert b"Verification: OK" in run_tool("openssl", *verify, "-data", tmp_path / "note").stdout
    (tmp_path / "note").write_bytes(note.replace(b"\n5\n", b"\n6\n"))
    run_tool("openssl", *verify, "-data", tmp_path / "note", accept=(1,))


def test_openssl_believes_the_logs_signature(exported: bytes, tmp_path: Path) -> None:
    note, _ = checkpoint_of(exported)
    text, _, line = note.partition(b"\n\n")
    (tmp_path / "text").write_bytes(text + b"\n")
    (tmp_path / "signature").write_bytes(base64.b64decode(line.split(b" ")[2])[4:])
    key = Ed25519PublicKey.from_public_bytes(LOG_KEY.public_key)
    (tmp_path / "key").write_bytes(key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo))
    verify = ("pkeyutl", "-verify", "-rawin", "-pubin", "-keyform", "DER", "-inkey", tmp_path / "key")
    run_tool("openssl", *verify, "-in", tmp_path / "text", "-sigfile", tmp_path / "signature")
    (tmp_path / "text").write_bytes(text.replace(b"\n5\n", b"\n6\n") + b"\n")
    run_tool("openssl", *verify, "-in", tmp_path / "text", "-sigfile", tmp_path / "signature", accept=(1,))


def test_openssl_believes_a_witness_s_cosignature(exported: bytes, tmp_path: Path) -> None:
    note, _ = checkpoint_of(exported)
    witness = CosigningKey.generate("witness.example/w1")
    cosigned = cosign(parse_checkpoint(note), witness, datetime(2026, 11, 26, 4, tzinfo=UTC)).encode()
    text, _, lines = cosigned.partition(b"\n\n")
    line = base64.b64decode(lines.splitlines()[1].split(b" ")[2])
    assert int.from_bytes(line[4:12], "big") == 1795665600
    (tmp_path / "text").write_bytes(b"cosignature/v1\ntime 1795665600\n" + text + b"\n")
    (tmp_path / "signature").write_bytes(line[12:])
    key = Ed25519PublicKey.from_public_bytes(witness.cosigner.public_key)
    (tmp_path / "key").write_bytes(key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo))
    verify = ("pkeyutl", "-verify", "-rawin", "-pubin", "-keyform", "DER", "-inkey", tmp_path / "key")
    run_tool("openssl", *verify, "-in", tmp_path / "text", "-sigfile", tmp_path / "signature")
    (tmp_path / "text").write_bytes(b"cosignature/v1\ntime 1795665601\n" + text + b"\n")
    run_tool("openssl", *verify, "-in", tmp_path / "text", "-sigfile", tmp_path / "signature", accept=(1,))


def test_sorted_compact_json_and_the_definition_alone_give_the_root(exported: bytes) -> None:
    lines = [json.loads(line) for line in exported.splitlines()]
    entries = [
        json.dumps(line["event"], sort_keys=True, separators=(",", ":")).encode() for line in lines if "event" in line
    ]
    assert [sha256(b"\x00" + entry).hexdigest() for entry in entries] == [
        line["leaf"] for line in lines if "leaf" in line
    ]
    note, _ = checkpoint_of(exported)
    assert note.split(b"\n")[1:3] == [b"5", base64.b64encode(naive_merkle.mth(entries))]
