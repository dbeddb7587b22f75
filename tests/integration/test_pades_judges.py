"""What others say of our signatures: openssl, pdfsig, qpdf, poppler and pyHanko's validator."""

from __future__ import annotations

import asyncio
import hashlib
import io
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from asn1crypto import parser, x509
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.diff_analysis import ModificationLevel
from pyhanko.sign.validation import (
    SignatureCoverageLevel,
    async_validate_pdf_signature,
    async_validate_pdf_timestamp,
)
from pyhanko_certvalidator import ValidationContext

from ca.authority import EmbeddedAuthority, KeyAlgorithm
from esign.evidence.items import Placement
from esign.pades.act import archive, validation_data_for
from esign.pades.typeface import Typeface
from esign.pades.validation_data import ValidationData
from tests import acts, documents
from tests.authority import create_test_authority
from tests.tools import run_tool

ORDERS = [
    (("applicant", "insured"), acts.NAMES),
    (("insured", "applicant"), acts.NAMES),
    (("applicant", "insured"), {**acts.NAMES, "insured": acts.UNPREPARED}),
    (("insured", "applicant"), {**acts.NAMES, "insured": acts.UNPREPARED}),
]
ORDER_NAMES = ["applicant first", "insured first", "insured replaced", "replaced insured first"]


@dataclass(frozen=True)
class Signed:
    """A contract with two recipients, seal and archive; `revisions` is the file after each step."""

    revisions: tuple[bytes, ...]
    authority: EmbeddedAuthority
    names: Mapping[str, str]

    @property
    def pdf(self) -> bytes:
        return self.revisions[-1]


def make(
    contract: bytes,
    typeface: Typeface,
    authority: EmbeddedAuthority,
    order: tuple[str, str],
    names: Mapping[str, str] = acts.NAMES,
) -> Signed:
    """Prepare for the usual names and let people with these names sign."""
    pdf = acts.prepared(contract, typeface)
    revisions = [pdf]
    data = ValidationData()
    for name in order:
        placement = Placement.VISIBLE if name == "applicant" else Placement.SEALED
        signature = acts.sign(pdf, name, authority, placement=placement, person=names[name], typeface=typeface)
        pdf += signature.increment
        revisions.append(pdf)
        data += validation_data_for(signature, authority.revocation)
    seal = acts.put_seal(pdf, authority)
    pdf += seal.increment
    revisions.append(pdf)
    data += validation_data_for(seal, authority.revocation)
    revisions.append(pdf + archive(io.BytesIO(pdf), data, authority.timestamp_authority))
    return Signed(tuple(revisions), authority, names)


@pytest.fixture(scope="module")
def rsa_authority(tmp_path_factory: pytest.TempPathFactory) -> EmbeddedAuthority:
    return create_test_authority(tmp_path_factory.mktemp("rsa") / "ca", key_algorithm=KeyAlgorithm.RSA2048)


@pytest.fixture(scope="module", params=ORDERS, ids=ORDER_NAMES)
def signed(request: pytest.FixtureRequest, contract: bytes, typeface: Typeface, authority: EmbeddedAuthority) -> Signed:
    order, names = request.param
    return make(contract, typeface, authority, order, names)


def covered_and_cms(pdf: bytes, index: int) -> tuple[bytes, bytes]:
    """Return the bytes under the ByteRange of the signature, and its CMS without padding."""
    ranges = re.findall(rb"/ByteRange\s*\[\s*(\d+)\s+(\d+)\s+(\d+)\s+(\d+)\s*\]", pdf)
    start, first, second, rest = map(int, ranges[index])
    padded = bytes.fromhex(pdf[first + 1 : second - 1].decode())
    return pdf[start:first] + pdf[second : second + rest], padded[: parser.peek(padded)]


def pem(certificates: list[bytes], path: Path) -> Path:
    armoured = [run_tool("openssl", "x509", "-inform", "DER", stdin=der).stdout for der in certificates]
    path.write_bytes(b"".join(armoured))
    return path


@pytest.mark.parametrize("algorithm", ["p256", "rsa"])
@pytest.mark.parametrize("timestamp", [False, True], ids=["B-B", "B-T"])
def test_openssl_accepts_the_cades_signature(
    algorithm: str,
    timestamp: bool,
    contract: bytes,
    typeface: Typeface,
    authority: EmbeddedAuthority,
    rsa_authority: EmbeddedAuthority,
    tmp_path: Path,
) -> None:
    chosen = authority if algorithm == "p256" else rsa_authority
    pdf = acts.prepared(contract, typeface)
    pdf += acts.sign(pdf, "applicant", chosen, timestamp=timestamp).increment
    # a name the preparation had no glyphs for: its own type rides in the increment
    another = acts.sign(pdf, "insured", chosen, timestamp=timestamp, person=acts.UNPREPARED, typeface=typeface)
    pdf += another.increment
    pdf += acts.put_seal(pdf, chosen, timestamp=timestamp).increment
    root = pem(list(chosen.roots), tmp_path / "root.pem")
    for index in range(3):
        content, der = covered_and_cms(pdf, index)
        (tmp_path / "content").write_bytes(content)
        (tmp_path / "signature.cms").write_bytes(der)
        verify: list[str | Path] = [
            "cms",
            "-verify",
            "-cades",
            "-purpose",
            "any",
            "-CAfile",
            root,
            "-inform",
            "DER",
            "-binary",
        ]
        verify += ["-in", tmp_path / "signature.cms", "-out", tmp_path / "out", "-content"]
        run_tool("openssl", *verify, tmp_path / "content")
        (tmp_path / "changed").write_bytes(content[:-1] + b"\0")
        run_tool("openssl", *verify, tmp_path / "changed", accept=(4,))


@pytest.mark.parametrize("algorithm", ["p256", "rsa"])
def test_openssl_accepts_the_signature_timestamp(
    algorithm: str,
    contract: bytes,
    typeface: Typeface,
    authority: EmbeddedAuthority,
    rsa_authority: EmbeddedAuthority,
    tmp_path: Path,
) -> None:
    chosen = authority if algorithm == "p256" else rsa_authority
    signature = acts.sign(acts.prepared(contract, typeface), "applicant", chosen)
    assert signature.cms.timestamp is not None
    (tmp_path / "token").write_bytes(signature.cms.timestamp)
    root = pem(list(chosen.roots), tmp_path / "root.pem")
    verify: list[str | Path] = ["ts", "-verify", "-token_in", "-in", tmp_path / "token", "-CAfile", root, "-digest"]
    run_tool("openssl", *verify, hashlib.sha256(signature.cms.signature).hexdigest())
    run_tool("openssl", *verify, hashlib.sha256(b"another").hexdigest(), accept=(1,))


def test_openssl_reads_every_cms_to_its_end(signed: Signed) -> None:
    for index in range(4):
        _content, der = covered_and_cms(signed.pdf, index)
        run_tool("openssl", "asn1parse", "-inform", "DER", stdin=der)


def test_qpdf_finds_no_fault_in_any_revision(signed: Signed, tmp_path: Path) -> None:
    for revision in signed.revisions:
        (tmp_path / "revision.pdf").write_bytes(revision)
        run_tool("qpdf", "--check", tmp_path / "revision.pdf")


def test_each_revision_is_appended_to_the_one_before(signed: Signed) -> None:
    for earlier, later in zip(signed.revisions, signed.revisions[1:], strict=False):
        assert later.startswith(earlier)


def test_pdfsig_says_that_every_signature_is_valid(signed: Signed, tmp_path: Path) -> None:
    path = tmp_path / "signed.pdf"
    path.write_bytes(signed.pdf)
    said = run_tool("pdfsig", path, accept=(0, 1)).stdout.decode()
    fields = re.split(r"^Signature #\d+:$", said, flags=re.MULTILINE)[1:]
    assert len(fields) == 4
    for name in ("applicant", "insured", "seal"):
        (text,) = [field for field in fields if f"Signature Field Name: {name}\n" in field]
        assert "Signature Validation: Signature is Valid." in text
        assert "ETSI.CAdES.detached" in text
    (timestamp,) = [field for field in fields if "Signature Field Name: timestamp-1\n" in field]
    assert "Total document signed" in timestamp


def validated(pdf: bytes, authority: EmbeddedAuthority) -> dict[str, Any]:
    """Return pyHanko's status of every signature, by field."""
    roots = [x509.Certificate.load(root) for root in authority.roots]

    async def judge() -> dict[str, Any]:
        reader = PdfFileReader(io.BytesIO(pdf))
        found: dict[str, Any] = {}
        for signature in reader.embedded_regular_signatures:
            context = ValidationContext(trust_roots=roots, allow_fetching=False)
            found[signature.field_name] = await async_validate_pdf_signature(signature, context)
        for timestamp in reader.embedded_timestamp_signatures:
            context = ValidationContext(trust_roots=roots, allow_fetching=False)
            found[timestamp.field_name] = await async_validate_pdf_timestamp(timestamp, context)
        return found

    return asyncio.run(judge())


def test_pyhanko_accepts_every_signature_after_every_step(signed: Signed) -> None:
    for count, revision in enumerate(signed.revisions):
        found = validated(revision, signed.authority)
        assert len(found) == count
        for name, status in found.items():
            assert (status.intact, status.valid, status.trusted) == (True, True, True), name
            last = status is list(found.values())[-1]
            if last:
                assert status.coverage is SignatureCoverageLevel.ENTIRE_FILE
                assert status.modification_level is ModificationLevel.NONE
            else:
                assert status.coverage is SignatureCoverageLevel.ENTIRE_REVISION
                assert status.modification_level is not None
                assert status.modification_level <= ModificationLevel.FORM_FILLING
            if not name.startswith("timestamp"):
                assert status.docmdp_ok is True, name
                assert status.bottom_line is True, name


def test_after_the_seal_only_validation_data_was_added(signed: Signed) -> None:
    status = validated(signed.pdf, signed.authority)["seal"]
    assert status.modification_level is ModificationLevel.LTA_UPDATES
    assert status.docmdp_ok is True


def test_pyhanko_sees_the_signature_timestamps(signed: Signed) -> None:
    found = validated(signed.pdf, signed.authority)
    for name in ("applicant", "insured", "seal"):
        timestamp = found[name].timestamp_validity
        assert timestamp is not None
        assert (timestamp.valid, timestamp.trusted) == (True, True)


def test_pyhanko_notices_a_changed_byte(signed: Signed) -> None:
    changed = bytearray(signed.revisions[1])
    at = changed.index(b"/MediaBox")
    changed[at + 1 : at + 9] = b"MediaBoy"
    (status,) = validated(bytes(changed), signed.authority).values()
    assert status.intact is False


def test_poppler_takes_the_photo_out_byte_for_byte(signed: Signed, tmp_path: Path) -> None:
    path = tmp_path / "signed.pdf"
    path.write_bytes(signed.pdf)
    photo = acts.photo_of(len("applicant")).jpeg
    assert signed.pdf.count(photo) == 1
    # poppler lists the pictures of pages; the photo is on an appearance, which qpdf puts onto the page
    flat = tmp_path / "flat.pdf"
    run_tool("qpdf", "--generate-appearances", "--flatten-annotations=all", path, flat, accept=(0, 3))
    run_tool("pdfimages", "-all", flat, tmp_path / "image")
    assert photo in [image.read_bytes() for image in tmp_path.glob("image-*.jpg")]


def test_poppler_reads_what_the_fields_say(signed: Signed, tmp_path: Path) -> None:
    path, flat = tmp_path / "signed.pdf", tmp_path / "flat.pdf"
    path.write_bytes(signed.pdf)
    run_tool("qpdf", "--flatten-annotations=all", path, flat, accept=(0, 3))
    text = run_tool("pdftotext", flat, "-").stdout.decode()
    people = (f"投保人 {signed.names['applicant']}", f"被保险人 {signed.names['insured']}")
    for words in (*people, "签署时间", "证书序列号", "电子签章", acts.NOTICE):
        assert words in text


def test_a_document_signed_on_turned_pages_is_accepted_too(
    typeface: Typeface, authority: EmbeddedAuthority, tmp_path: Path
) -> None:
    signed = make(documents.turned_contract(90), typeface, authority, ("applicant", "insured"))
    assert all(status.bottom_line for name, status in validated(signed.pdf, authority).items() if name != "timestamp-1")
    (tmp_path / "turned.pdf").write_bytes(signed.pdf)
    run_tool("qpdf", "--check", tmp_path / "turned.pdf")
