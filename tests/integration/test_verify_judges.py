"""openssl, pdfsig and qpdf agree with our verdict on the files that we made, and so do odd ones that they make."""

from __future__ import annotations

import io
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import signers
from pyhanko.sign.fields import SigSeedSubFilter

from ca.authority import EmbeddedAuthority
from ca.trust import TrustStore
from esign.pades.typeface import Typeface
from esign.verify.cms.signed_data import without_padding
from tests.tools import run_tool
from tests.unit.verify.signed_material import codes, judge, signed_contract


@pytest.fixture(scope="module")
def signed(contract: bytes, typeface: Typeface, authority: EmbeddedAuthority) -> bytes:
    return signed_contract(contract, typeface, authority)


def signature_parts(document: bytes) -> list[tuple[bytes, bytes]]:
    """The CMS and the covered bytes of each signature that is no document timestamp."""
    parts = []
    for found in re.finditer(rb"/ByteRange ?\[ ?(\d+) (\d+) (\d+) (\d+) *\]", document):
        start, length, second, rest = map(int, found.groups())
        contents = bytes.fromhex(document[start + length + 1 : second - 1].decode())
        parts.append((without_padding(contents), document[start : start + length] + document[second : second + rest]))
    return parts[:3]


def test_openssl_verifies_every_cms_that_we_call_intact(
    signed: bytes, authority: EmbeddedAuthority, root_file: Path, tmp_path: Path
) -> None:
    assert judge(signed, authority.trust_store()).conclusion == "TOTAL-PASSED"
    root = tmp_path / "root.pem"
    run_tool("openssl", "x509", "-inform", "DER", "-in", root_file, "-out", root)
    for number, (cms, content) in enumerate(signature_parts(signed)):
        (tmp_path / f"{number}.cms").write_bytes(cms)
        (tmp_path / f"{number}.bin").write_bytes(content)
        run_tool(
            "openssl", "cms", "-verify", "-cades", "-binary", "-inform", "DER", "-in", tmp_path / f"{number}.cms",
            "-content", tmp_path / f"{number}.bin", "-CAfile", root, "-purpose", "any", "-out", "/dev/null",
        )  # fmt: skip


def test_pdfsig_and_qpdf_find_the_file_whole(signed: bytes, tmp_path: Path) -> None:
    (tmp_path / "signed.pdf").write_bytes(signed)
    said = run_tool("pdfsig", "-nocert", tmp_path / "signed.pdf", accept=(0, 1)).stdout.decode()
    assert said.count("Signature is Valid") >= 3
    run_tool("qpdf", "--check", tmp_path / "signed.pdf")


def test_a_file_that_qpdf_rewrote_is_no_longer_the_signed_one(
    signed: bytes, authority: EmbeddedAuthority, tmp_path: Path
) -> None:
    (tmp_path / "signed.pdf").write_bytes(signed)
    run_tool("qpdf", "--object-streams=generate", tmp_path / "signed.pdf", tmp_path / "rewritten.pdf")
    report = judge((tmp_path / "rewritten.pdf").read_bytes(), authority.trust_store())
    assert report.conclusion == "TOTAL-FAILED"
    assert len([s for s in report.signatures if s.kind == "signature"]) == 3


def stock_signature(
    document: bytes, authority: EmbeddedAuthority, tmp_path: Path, sub_filter: SigSeedSubFilter, password: str | None
) -> bytes:
    """A signature by pyHanko's own signer, with a throwaway key."""
    key, certificate = tmp_path / "key.pem", tmp_path / "certificate.pem"
    run_tool(
        "openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", key, "-out", certificate,
        "-days", "30", "-subj", "/CN=Somebody", "-addext", "keyUsage=critical,digitalSignature,nonRepudiation",
    )  # fmt: skip
    signer = signers.SimpleSigner.load(str(key), str(certificate))
    writer = IncrementalPdfFileWriter(io.BytesIO(document))
    if password is not None:
        writer.encrypt(password)
    metadata = signers.PdfSignatureMetadata(field_name="Foreign", subfilter=sub_filter)
    signed: io.BytesIO = signers.sign_pdf(writer, metadata, signer=signer)
    return signed.getvalue()


@pytest.mark.parametrize("layout", ["--object-streams=generate", "--object-streams=disable", "--linearize"])
@pytest.mark.parametrize("sub_filter", [SigSeedSubFilter.PADES, SigSeedSubFilter.ADOBE_PKCS7_DETACHED])
def test_foreign_signatures_on_every_layout_are_intact(
    contract: bytes, authority: EmbeddedAuthority, tmp_path: Path, layout: str, sub_filter: SigSeedSubFilter
) -> None:
    (tmp_path / "in.pdf").write_bytes(contract)
    run_tool("qpdf", layout, tmp_path / "in.pdf", tmp_path / "out.pdf")
    document = stock_signature((tmp_path / "out.pdf").read_bytes(), authority, tmp_path, sub_filter, None)
    report = judge(document, TrustStore(), at=datetime.now(UTC) + timedelta(minutes=1))
    assert [(s.integrity, s.coverage, s.changes_after) for s in report.signatures] == [("intact", "whole-file", "none")]
    assert report.signatures[0].level == ("B-B" if sub_filter is SigSeedSubFilter.PADES else "none")
    assert codes(report) == set()


@pytest.mark.parametrize("strength", ["40", "128", "256"])
def test_a_signed_encrypted_file_opens_with_its_password(
    contract: bytes, authority: EmbeddedAuthority, tmp_path: Path, strength: str
) -> None:
    (tmp_path / "in.pdf").write_bytes(contract)
    weak = ["--allow-weak-crypto"] if strength != "256" else []
    aes = ["--use-aes=y"] if strength == "128" else []
    run_tool(
        "qpdf", *weak, "--encrypt", "secret", "owner", strength, *aes, "--", tmp_path / "in.pdf", tmp_path / "out.pdf"
    )
    encrypted = (tmp_path / "out.pdf").read_bytes()
    document = stock_signature(encrypted, authority, tmp_path, SigSeedSubFilter.PADES, "secret")
    report = judge(document, TrustStore(), password="secret")
    assert [(s.field, s.integrity) for s in report.signatures] == [("Foreign", "intact")]
    assert (report.document.pages, report.conclusion) == (2, "INDETERMINATE")
    locked = judge(document, TrustStore(), password="wrong")
    assert ([finding.code for finding in locked.findings], locked.exit_status) == (["password-needed"], 4)
