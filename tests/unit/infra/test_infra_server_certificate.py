"""The files of the service's own HTTPS: made once, made anew in time, and a server speaks TLS with them."""

from __future__ import annotations

import socket
import ssl
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from ca.authority import EmbeddedAuthority
from esign.infra.errors import ConfigurationError
from esign.infra.server_certificate import (
    RENEWED_BEFORE,
    is_good_for,
    require_usable,
    server_hosts,
    write_server_files,
)
from esign.infra.settings import TlsSettings, load_settings

HOSTS = ("192.168.1.20", "localhost", "127.0.0.1")


@pytest.fixture
def tls(authority: EmbeddedAuthority, tmp_path: Path) -> TlsSettings:
    made = authority.server_issuer.issue_server_certificate(HOSTS)
    files = TlsSettings(tmp_path / "certificate.pem", tmp_path / "key.pem", embedded=True)
    write_server_files(files, made.certificate_chain, made.private_key)
    return files


def now() -> datetime:
    return datetime.now(UTC)


def test_a_browser_that_believes_the_root_reaches_a_server_with_these_files(
    tls: TlsSettings, authority: EmbeddedAuthority
) -> None:
    require_usable(tls)
    serving = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    serving.load_cert_chain(tls.certificate, tls.key)
    root = x509.load_der_x509_certificate(authority.roots[0]).public_bytes(Encoding.PEM).decode()
    asking = ssl.create_default_context(cadata=root)
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def answer() -> None:
            connection, _address = listening.accept()
            with serving.wrap_socket(connection, server_side=True) as spoken:
                spoken.sendall(b"here")

        thread = threading.Thread(target=answer)
        thread.start()
        with (
            socket.create_connection(listening.getsockname()) as plain,
            asking.wrap_socket(plain, server_hostname="127.0.0.1") as spoken,
        ):
            assert spoken.recv(4) == b"here"
        thread.join()


def test_the_key_is_its_owners_alone(tls: TlsSettings) -> None:
    assert tls.key.stat().st_mode & 0o777 == 0o600
    tls.key.chmod(0o644)
    with pytest.raises(ConfigurationError) as refused:
        require_usable(tls)
    assert refused.value.code == "server-key-open"


def test_it_is_good_for_its_hosts_until_a_month_before_its_end(tls: TlsSettings) -> None:
    assert is_good_for(tls, HOSTS, now())
    assert not is_good_for(tls, (*HOSTS, "tablet.example"), now())
    assert not is_good_for(tls, HOSTS[:-1], now())
    assert not is_good_for(tls, HOSTS, now() + timedelta(days=91) - RENEWED_BEFORE)


@pytest.mark.parametrize("damage", ["certificate", "key"])
def test_files_that_are_missing_or_no_pair_are_good_for_nothing(tls: TlsSettings, damage: str) -> None:
    getattr(tls, damage).write_bytes(b"nothing")
    assert not is_good_for(tls, HOSTS, now())
    with pytest.raises(ConfigurationError) as refused:
        require_usable(tls)
    assert refused.value.code == "server-certificate"
    getattr(tls, damage).unlink()
    assert not is_good_for(tls, HOSTS, now())


def test_it_names_the_public_address_what_is_listened_on_and_this_machine(tmp_path: Path) -> None:
    environment = {
        "ESIGN_DATA": str(tmp_path / "data"),
        "ESIGN_HTTP_TLS": "embedded",
        "ESIGN_HTTP_HOST": "0.0.0.0",  # noqa: S104  # read, not listened on
        "ESIGN_PUBLIC_URL": "https://Tablet.example:8443",
    }
    assert server_hosts(load_settings(environment)) == ("tablet.example", "localhost", "127.0.0.1")
    environment["ESIGN_HTTP_HOST"] = "192.168.1.20"
    assert server_hosts(load_settings(environment)) == ("tablet.example", "192.168.1.20", "localhost", "127.0.0.1")
