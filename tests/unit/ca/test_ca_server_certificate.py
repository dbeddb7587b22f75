"""Certificates for the service's own HTTPS: whom they name, for how long, and what gets none."""

from __future__ import annotations

from datetime import timedelta
from ipaddress import ip_address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from cryptography.x509.oid import ExtendedKeyUsageOID

from ca.authority import EmbeddedAuthority
from ca.authority.server_certificate import LIFETIME, ServerCertificate
from ca.errors import AuthorityError
from tests.authority import SettableClock, create_test_authority
from tests.tools import run_tool

HOSTS = ("192.168.1.20", "tablet.example", "localhost", "[fe80::1]", "TABLET.example")


@pytest.fixture
def issued(authority: EmbeddedAuthority) -> ServerCertificate:
    return authority.server_issuer.issue_server_certificate(HOSTS)


def leaf(issued: ServerCertificate) -> x509.Certificate:
    return x509.load_pem_x509_certificates(issued.certificate_chain)[0]


def test_it_names_each_host_once_as_name_or_address(issued: ServerCertificate) -> None:
    names = leaf(issued).extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert names.get_values_for_type(x509.DNSName) == ["tablet.example", "localhost"]
    assert names.get_values_for_type(x509.IPAddress) == [ip_address("192.168.1.20"), ip_address("fe80::1")]


def test_it_serves_tls_alone_and_its_key_is_its_own(issued: ServerCertificate) -> None:
    certificate = leaf(issued)
    usage = certificate.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
    assert list(usage) == [ExtendedKeyUsageOID.SERVER_AUTH]
    assert load_pem_private_key(issued.private_key, None).public_key() == certificate.public_key()
    assert "PRIVATE KEY" not in repr(issued)


def test_openssl_accepts_it_for_its_hosts_and_for_no_other(
    issued: ServerCertificate, authority: EmbeddedAuthority, tmp_path: Path
) -> None:
    root = x509.load_der_x509_certificate(authority.roots[0])
    (tmp_path / "root.der").write_bytes(authority.roots[0])
    (tmp_path / "chain.pem").write_bytes(issued.certificate_chain)
    run_tool("openssl", "x509", "-inform", "DER", "-in", tmp_path / "root.der", "-out", tmp_path / "root.pem")
    verify = ["verify", "-purpose", "sslserver", "-CAfile", tmp_path / "root.pem", "-untrusted", tmp_path / "chain.pem"]
    for named, wanted in (("-verify_ip", "192.168.1.20"), ("-verify_hostname", "tablet.example")):
        run_tool("openssl", *verify, named, wanted, tmp_path / "chain.pem")
    run_tool("openssl", *verify, "-verify_hostname", "other.example", tmp_path / "chain.pem", accept=(2,))
    assert leaf(issued).issuer != root.subject


def test_it_lasts_ninety_days_and_can_be_revoked(tmp_path: Path) -> None:
    clock = SettableClock()
    authority = create_test_authority(tmp_path / "ca", now=clock)
    certificate = leaf(authority.server_issuer.issue_server_certificate(["localhost"]))
    assert abs(certificate.not_valid_after_utc - clock.time - LIFETIME) < timedelta(seconds=1)
    lines = (tmp_path / "ca" / "register").read_text("ascii").splitlines()
    assert lines[-1].startswith(f"issued {certificate.serial_number:x} ")


@pytest.mark.parametrize(
    "hosts", [(), [f"{number}.example" for number in range(21)], ["a b"], [""], ["表.example"], ["a" * 254]]
)
def test_what_no_browser_reaches_gets_none(authority: EmbeddedAuthority, hosts: list[str]) -> None:
    with pytest.raises(AuthorityError) as refused:
        authority.server_issuer.issue_server_certificate(hosts)
    assert refused.value.code == "server-host-refused"
