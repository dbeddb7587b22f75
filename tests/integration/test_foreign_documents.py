"""PDFs that were not made here, from installed documentation packages: signed, judged, and left as they were."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from ca.authority import create_authority
from demo.judges import ask_judges
from tests.authority import present_time
from tests.command import PASSPHRASE, Desk, set_up_desk

MANUALS = {
    "bzip2-doc": "/usr/share/doc/bzip2/manual.pdf.gz",
    "libtasn1-doc": "/usr/share/doc/libtasn1-doc/libtasn1.pdf",
}
"""Installed by scripts/install-system-packages."""


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory, contract: bytes) -> Desk:
    def make_authority(folder: Path) -> None:
        create_authority(folder, passphrase=PASSPHRASE.encode(), clock=present_time)

    return set_up_desk(tmp_path_factory.mktemp("desk"), contract, make_authority)


@pytest.mark.parametrize("package", MANUALS)
def test_a_manual_made_elsewhere_is_signed_on_a_page_of_its_own(desk: Desk, package: str) -> None:
    path = MANUALS[package]
    if not Path(path).is_file():
        pytest.skip(f"{path} is not here; run: apt-get install {package}")
    original = gzip.decompress(Path(path).read_bytes()) if path.endswith(".gz") else Path(path).read_bytes()
    document, signed = desk.folder / f"{package}.pdf", desk.folder / f"{package}.signed.pdf"
    document.write_bytes(original)
    desk.sign(document, "--seal", "--out", signed)
    told = desk.json("verify", signed)
    assert told["conclusion"] == "TOTAL-PASSED"
    assert {s["level"] for s in told["signatures"] if s["kind"] == "signature"} == {"B-LTA"}
    assert signed.read_bytes().startswith(original)
    judgements = ask_judges(signed, desk.folder / "ca/certificates/root.pem")
    assert [judge for judge in judgements if judge.agrees is False] == []
