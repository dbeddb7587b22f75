"""Outside judges: what openssl, pdfsig and qpdf say of the files we made. A missing tool is said to be missing."""

from __future__ import annotations

import re
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from asn1crypto import cms as asn1_cms

from demo.tour import Judge, Words

TIMEOUT_SECONDS = 30


@dataclass(frozen=True)
class EmbeddedSignature:
    """A signature as it lies in the file: its SubFilter, the bytes it covers, its CMS (DER)."""

    sub_filter: str
    covered: bytes
    cms: bytes


def embedded_signatures(pdf: bytes) -> list[EmbeddedSignature]:
    """Find the signatures of a file that we made, in order. (Reading strangers' files is `esign.verify`'s work.)"""
    found = []
    for match in re.finditer(rb"/ByteRange\s*\[\s*(\d+) (\d+) (\d+) (\d+)\s*\]", pdf):
        start, length, second, rest = (int(number) for number in match.groups())
        contents = bytes.fromhex(pdf[start + length + 1 : second - 1].decode("ascii"))
        dictionary = pdf[pdf.rindex(b" obj", 0, match.start()) : second + 2000]
        sub_filter = re.search(rb"/SubFilter\s*/([\w.]+)", dictionary)
        der = asn1_cms.ContentInfo.load(contents).dump()
        covered = pdf[start : start + length] + pdf[second : second + rest]
        found.append(EmbeddedSignature(sub_filter[1].decode() if sub_filter else "", covered, der))
    return found


def ask_judges(signed: Path, root: Path) -> list[Judge]:
    """Ask every judge about the signed file; `root` is the PEM root to believe."""
    with tempfile.TemporaryDirectory() as folder:
        return [*_openssl(signed, root, Path(folder)), *_pdf_tools(signed)]


def _openssl(signed: Path, root: Path, folder: Path) -> Iterator[Judge]:
    for number, signature in enumerate(embedded_signatures(signed.read_bytes()), start=1):
        cms, data = folder / f"{number}.cms", folder / f"{number}.data"
        cms.write_bytes(signature.cms)
        data.write_bytes(signature.covered)
        if signature.sub_filter == "ETSI.RFC3161":
            question = Words(
                f"第 {number} 个签名：文档时间戳（RFC 3161）", f"signature {number}: the document timestamp (RFC 3161)"
            )
            arguments: Sequence[str] = (
                "ts",
                "-verify",
                "-token_in",
                "-in",
                str(cms),
                "-data",
                str(data),
                "-CAfile",
                str(root),
            )
        else:
            question = Words(f"第 {number} 个签名：CAdES 密码学校验", f"signature {number}: CAdES")
            arguments = (
                "cms", "-verify", "-cades", "-inform", "DER", "-in", str(cms), "-content", str(data), "-binary",
                "-purpose", "any", "-CAfile", str(root), "-out", "/dev/null",
            )  # fmt: skip
        yield _ask("openssl", question, arguments, lambda code, _said: code == 0, hide=folder)


def _pdf_tools(signed: Path) -> Iterator[Judge]:
    yield _ask(
        "pdfsig",
        Words("每个签名的密码学校验", "the cryptography of every signature"),
        ("-nocert", str(signed)),
        lambda code, said: code == 0 and "Signature is Invalid" not in said and "Signature is Valid" in said,
        hide=signed.parent,
    )
    yield _ask(
        "qpdf",
        Words("文件结构", "the structure of the file"),
        ("--check", str(signed)),
        lambda code, _said: code == 0,
        hide=signed.parent,
    )


def _ask(
    tool: str, question: Words, arguments: Sequence[str], accepts: Callable[[int, str], bool], *, hide: Path
) -> Judge:
    command = " ".join((tool, *arguments)).replace(f"{hide}/", "")
    if shutil.which(tool) is None:
        return Judge(tool, question, command, "", None)
    done = subprocess.run((tool, *arguments), capture_output=True, check=False, timeout=TIMEOUT_SECONDS)
    said = (done.stdout + done.stderr).decode("utf-8", "replace").replace(f"{hide}/", "").strip()
    return Judge(tool, question, command, said, bool(accepts(done.returncode, said)))
