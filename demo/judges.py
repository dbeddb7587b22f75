"""Outside judges: what openssl, pdfsig and qpdf say of the files we made. A missing tool is said to be missing."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from asn1crypto import parser

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
        der = contents[: parser.peek(contents)]  # the rest is padding
        covered = pdf[start : start + length] + pdf[second : second + rest]
        found.append(EmbeddedSignature(sub_filter[1].decode() if sub_filter else "", covered, der))
    return found


def ask_judges(signed: Path, root: Path) -> list[Judge]:
    """Ask every judge about the signed file; `root` is the PEM root to believe.

    What openssl reads, the CMS and the bytes it covers, is left in `judged/` beside the file; the commands are run
    there, so that a reader can run them again as they stand.
    """
    signatures = embedded_signatures(signed.read_bytes())
    judged = signed.parent / "judged"
    judged.mkdir(exist_ok=True)
    for number, signature in enumerate(signatures, start=1):
        (judged / f"{number}.cms").write_bytes(signature.cms)
        (judged / f"{number}.data").write_bytes(signature.covered)
    believed = os.path.relpath(root, signed.parent)
    return [*_openssl(signatures, believed, signed.parent), *_pdf_tools(signed)]


def _openssl(signatures: Sequence[EmbeddedSignature], root: str, folder: Path) -> Iterator[Judge]:
    for number, signature in enumerate(signatures, start=1):
        cms, data = f"judged/{number}.cms", f"judged/{number}.data"
        if signature.sub_filter == "ETSI.RFC3161":
            question = Words(
                f"第 {number} 个签名：文档时间戳（RFC 3161）", f"signature {number}: the document timestamp (RFC 3161)"
            )
            arguments = f"ts -verify -token_in -in {cms} -data {data} -CAfile {root}"
        else:
            question = Words(f"第 {number} 个签名：CAdES 密码学校验", f"signature {number}: CAdES")
            arguments = (
                f"cms -verify -cades -inform DER -in {cms} -content {data} -binary -purpose any -CAfile {root} "
                "-out /dev/null"
            )
        yield _ask("openssl", question, arguments, lambda code, _said: code == 0, folder)


def _pdf_tools(signed: Path) -> Iterator[Judge]:
    yield _ask(
        "pdfsig",
        Words("每个签名的密码学校验", "the cryptography of every signature"),
        f"-nocert {signed.name}",
        lambda code, said: code == 0 and "Signature is Invalid" not in said and "Signature is Valid" in said,
        signed.parent,
    )
    structure = Words("文件结构", "the structure of the file")
    yield _ask("qpdf", structure, f"--check {signed.name}", lambda code, _said: code == 0, signed.parent)


def _ask(tool: str, question: Words, arguments: str, accepts: Callable[[int, str], bool], folder: Path) -> Judge:
    command = f"{tool} {arguments}"
    if shutil.which(tool) is None:
        return Judge(tool, question, command, "", None)
    done = subprocess.run(command.split(), capture_output=True, check=False, timeout=TIMEOUT_SECONDS, cwd=folder)
    said = (done.stdout + done.stderr).decode("utf-8", "replace").strip()
    return Judge(tool, question, command, said, bool(accepts(done.returncode, said)))
