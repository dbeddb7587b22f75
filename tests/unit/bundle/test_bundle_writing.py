"""Writing a bundle in one pass, and what other people's programs make of it."""

from __future__ import annotations

import hashlib
import io
import zipfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from ca.authority import EmbeddedAuthority
from esign.bundle.layout import CHECK_PAGE, CONTAINER_TYPE, MANIFEST, README, SIGNATURE
from esign.bundle.writing import Measure, Written, bundle_chunks, member
from esign.bundle.zip_stream import DEFLATED, STORED, ZipStream
from esign.errors import EsignError, SigningError
from esign.pades.detached import sign_detached
from tests.authority import create_test_authority
from tests.tools import run_tool

PDF = b"%PDF-1.7 " + bytes(range(256)) * 8
MEMBERS = (
    member("envelope.json", b"{}"),
    member("documents/doc_1/original.pdf", PDF),
    member("trail/log-key.txt", b"k"),
)


def told(digests: object) -> dict[str, bytes]:
    return {CHECK_PAGE: b"<p>", README: str(digests).encode()}


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> EmbeddedAuthority:
    return create_test_authority(tmp_path_factory.mktemp("authority"))


def sign_with(authority: EmbeddedAuthority, content: bytes, at: datetime) -> bytes:
    return sign_detached(content, authority.seal, authority.timestamp_authority, signing_time=at, media_type="text/xml")


def written(*, sign: bytes = b"signature") -> bytes:
    return b"".join(bundle_chunks(MEMBERS, told, lambda _manifest: sign))


def test_equal_members_make_equal_bytes_in_whatever_order_they_come() -> None:
    turned = b"".join(bundle_chunks(MEMBERS[::-1], told, lambda _manifest: b"signature"))
    assert turned == written()


def test_the_type_comes_first_and_stored_and_what_tells_of_others_comes_last() -> None:
    bundle = written()
    assert bundle[30:38] == b"mimetype"
    assert bundle[38 : 38 + len(CONTAINER_TYPE)] == CONTAINER_TYPE
    with zipfile.ZipFile(io.BytesIO(bundle)) as archive:
        assert archive.namelist() == [
            "mimetype",
            "documents/doc_1/original.pdf",
            "envelope.json",
            "trail/log-key.txt",
            README,
            CHECK_PAGE,
            MANIFEST,
            SIGNATURE,
        ]
        assert archive.testzip() is None
        assert hashlib.sha256(PDF).hexdigest() in archive.read(README).decode()


def test_unzip_finds_nothing_wrong(tmp_path: Path) -> None:
    (tmp_path / "a.asice").write_bytes(written())
    assert b"No errors detected" in run_tool("unzip", "-t", tmp_path / "a.asice").stdout


def test_what_was_written_is_told_with_its_digest_and_checksum() -> None:
    measure = Measure()
    assert list(measure.through(iter([b"ab", b"c"]))) == [b"ab", b"c"]
    assert measure.written == Written(3, hashlib.sha256(b"abc").hexdigest(), 0x352441C2)


def test_a_name_that_the_layout_does_not_know_is_not_written() -> None:
    with pytest.raises(ValueError, match="no member"):
        list(bundle_chunks([member("notes.txt", b"")], told, lambda _manifest: b""))


def test_an_envelope_of_too_many_files_is_refused() -> None:
    many = (member(f"pages/doc_1/{number:064x}.jpg", b"") for number in range(5_000))
    with pytest.raises(EsignError) as refused:
        list(bundle_chunks(many, told, lambda _manifest: b""))
    assert refused.value.code == "bundle-too-large"


def test_openssl_verifies_the_signature_over_the_manifest(authority: EmbeddedAuthority, tmp_path: Path) -> None:
    bundle = b"".join(bundle_chunks(MEMBERS, told, lambda manifest: sign_with(authority, manifest, datetime.now(UTC))))
    with zipfile.ZipFile(io.BytesIO(bundle)) as archive:
        archive.extractall(tmp_path)
    (root,) = authority.trust_store().anchors
    pem = x509.load_der_x509_certificate(root.certificate).public_bytes(Encoding.PEM)
    (tmp_path / "root.pem").write_bytes(pem)
    command: list[str | Path] = ["cms", "-verify", "-cades", "-binary", "-inform", "DER", "-purpose", "any"]
    command += [
        "-in",
        tmp_path / SIGNATURE,
        "-content",
        tmp_path / MANIFEST,
        "-CAfile",
        tmp_path / "root.pem",
        "-out",
        tmp_path / "out",
    ]
    run_tool("openssl", *command)
    (tmp_path / MANIFEST).write_bytes((tmp_path / MANIFEST).read_bytes().replace(b"doc_1", b"doc_2"))
    run_tool("openssl", *command, accept=(4,))


def test_a_signature_whose_time_is_not_that_of_its_timestamp_is_not_made(authority: EmbeddedAuthority) -> None:
    with pytest.raises(SigningError) as refused:
        sign_with(authority, b"manifest", datetime(2031, 1, 1, tzinfo=UTC))
    assert refused.value.code == "clock-disagrees"


def chunks_of(size: int) -> Iterator[bytes]:
    while size:
        piece = min(size, 1 << 20)
        yield bytes(piece)
        size -= piece


def test_an_archive_of_stored_entries_has_the_size_that_was_told_before() -> None:
    stream = ZipStream()
    made = b"".join((*stream.stored("a.asice", chunks_of(5), size=5, crc=0), *stream.end()))
    assert len(made) == ZipStream.size_of([("a.asice", 5)])


def test_a_piece_that_is_missing_is_found_before_the_archive_ends() -> None:
    with pytest.raises(ValueError, match="another size"):
        list(ZipStream().stored("a.asice", chunks_of(4), size=5, crc=0))


def test_a_name_comes_once() -> None:
    stream = ZipStream()
    list(stream.entry("a", b"", method=STORED))
    with pytest.raises(ValueError, match="already"):
        list(stream.entry("a", b"", method=DEFLATED))


def test_more_than_four_gibibytes_and_more_than_65535_entries_are_read_by_others(tmp_path: Path) -> None:
    """The content is left out of the file as a hole, so that the test writes headers alone."""
    stream, path = ZipStream(), tmp_path / "large.zip"
    large = (1 << 32) + 5
    with path.open("wb") as file:
        head = stream.stored("large.bin", chunks_of(large), size=large, crc=0)
        file.write(next(head))
        for piece in head:
            file.seek(len(piece), io.SEEK_CUR)
        for number in range(65_536):
            file.writelines(stream.entry(f"{number}", b"", method=STORED))
        file.writelines(stream.end())
    assert path.stat().st_size == ZipStream.size_of([("large.bin", large), *((f"{n}", 0) for n in range(65_536))])
    with zipfile.ZipFile(path) as archive:
        found = archive.infolist()
        assert len(found) == 65_537
        assert found[0].file_size == large
        assert archive.read("65535") == b""
