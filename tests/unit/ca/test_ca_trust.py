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
