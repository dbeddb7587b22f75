"""Which roots are believed, for what, since when."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from ca.authority import EmbeddedAuthority, Role
from ca.errors import TrustServiceError
from ca.trust import Purpose, TrustAnchor, TrustStore, load_trust_store

NOON = datetime(2025, 6, 1, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


def pem(authority: EmbeddedAuthority, role: Role) -> bytes:
    return x509.load_der_x509_certificate(authority.certificate(role)).public_bytes(Encoding.PEM)


def test_an_anchor_is_believed_for_its_purposes_between_its_times() -> None:
    anchor = TrustAnchor(b"root", frozenset({Purpose.SIGNING}), since=NOON, until=NOON + HOUR)
    store = TrustStore((anchor,))
    assert store.roots(Purpose.SIGNING, NOON) == store.roots(Purpose.SIGNING, NOON + HOUR) == (b"root",)
    assert store.roots(Purpose.SIGNING, NOON - HOUR) == store.roots(Purpose.SIGNING, NOON + 2 * HOUR) == ()
    assert store.roots(Purpose.TIMESTAMPING, NOON) == ()


def test_an_empty_store_believes_nobody() -> None:
    assert TrustStore().roots(Purpose.SIGNING, NOON) == ()


def test_roots_are_read_from_pem_der_and_folders(authority: EmbeddedAuthority, tmp_path: Path) -> None:
    folder = tmp_path / "roots"
    folder.mkdir()
    (folder / "b.pem").write_bytes(pem(authority, Role.ROOT) + pem(authority, Role.ISSUING))
    (folder / "a.cer").write_bytes(authority.certificate(Role.TSA))
    (folder / "README").write_text("not a certificate")
    der = tmp_path / "again.der"
    der.write_bytes(authority.certificate(Role.ROOT))
    store = load_trust_store([folder, der])
    expected = [authority.certificate(role) for role in (Role.TSA, Role.ROOT, Role.ISSUING)]
    assert [anchor.certificate for anchor in store.anchors] == expected


@pytest.mark.parametrize("content", [None, b"", b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"])
def test_a_file_that_is_no_certificate_is_named_in_the_error(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "root.pem"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(TrustServiceError, match=r"root\.pem") as refused:
        load_trust_store([path])
    assert refused.value.code == "trust-root-unreadable"


@pytest.fixture
def believed(authority: EmbeddedAuthority, tmp_path: Path) -> Path:
    (tmp_path / "signing").mkdir()
    (tmp_path / "timestamping").mkdir()
    (tmp_path / "all.pem").write_bytes(pem(authority, Role.ROOT))
    (tmp_path / "signing" / "a.pem").write_bytes(pem(authority, Role.ISSUING))
    (tmp_path / "timestamping" / "b.crt").write_bytes(pem(authority, Role.TSA))
    return tmp_path


def test_subfolders_say_what_their_roots_are_believed_for(authority: EmbeddedAuthority, believed: Path) -> None:
    store = load_trust_store([believed])
    root, issuing, tsa = (authority.certificate(role) for role in (Role.ROOT, Role.ISSUING, Role.TSA))
    assert store.roots(Purpose.SIGNING, NOON) == (root, issuing)
    assert store.roots(Purpose.SEALING, NOON) == (root,)
    assert store.roots(Purpose.TIMESTAMPING, NOON) == (root, tsa)
    signers = load_trust_store([believed], frozenset({Purpose.SIGNING}))
    assert signers.roots(Purpose.TIMESTAMPING, NOON) == ()


def test_a_trust_file_says_what_each_root_is_believed_for_and_when(
    authority: EmbeddedAuthority, believed: Path
) -> None:
    (believed / "trust.toml").write_text(
        '[[roots]]\nfile = "all.pem"\npurposes = ["sealing"]\nsince = 2025-06-01\nuntil = 2025-06-01T13:00:00+00:00\n'
    )
    store = load_trust_store([believed])
    assert store.roots(Purpose.SEALING, NOON) == (authority.certificate(Role.ROOT),)
    assert store.roots(Purpose.SEALING, NOON - 13 * HOUR) == store.roots(Purpose.SEALING, NOON + 2 * HOUR) == ()
    assert store.ended_roots(Purpose.SEALING, NOON + 2 * HOUR) == (authority.certificate(Role.ROOT),)
    assert store.roots(Purpose.SIGNING, NOON) == store.roots(Purpose.TIMESTAMPING, NOON) == ()


@pytest.mark.parametrize(
    "text",
    [
        "roots = 7",
        "[",
        '[[roots]]\nfile = "all.pem"',
        '[[roots]]\nfile = "all.pem"\npurposes = ["everything"]',
        '[[roots]]\nfile = "all.pem"\npurposes = 7',
        '[[roots]]\nfile = "../all.pem"\npurposes = ["signing"]',
        '[[roots]]\nfile = "all.pem"\npurposes = ["signing"]\nuntil = 2025-06-01T13:00:00',
        '[[roots]]\nfile = "all.pem"\npurposes = ["signing"]\nuntill = 2025-06-01',
    ],
)
def test_a_trust_file_that_is_not_understood_is_refused(believed: Path, text: str) -> None:
    (believed / "trust.toml").write_text(text)
    with pytest.raises(TrustServiceError, match=r"trust\.toml") as refused:
        load_trust_store([believed])
    assert refused.value.code == "trust-file-unreadable"
