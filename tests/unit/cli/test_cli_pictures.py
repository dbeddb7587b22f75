"""`esign verify --pictures`: what the pages show is compared unless it is switched off, and kept where asked."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter

from ca.authority import create_authority
from tests.authority import present_time
from tests.command import PASSPHRASE, Desk, set_up_desk


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory, contract: bytes) -> Desk:
    """A desk with a signed contract over whose first page something was drawn."""
    desk = set_up_desk(
        tmp_path_factory.mktemp("desk"),
        contract,
        lambda folder: create_authority(folder, passphrase=PASSPHRASE.encode(), clock=present_time),
    )
    desk.sign(desk.folder / "contract.pdf", "--out", desk.folder / "signed.pdf")
    out = io.BytesIO((desk.folder / "signed.pdf").read_bytes())
    writer = IncrementalPdfFileWriter(out)
    reference = writer.find_page_for_modification(0)[0]
    page = reference.get_object()
    drawn = writer.add_object(generic.StreamObject(stream_data=b"1 0 0 rg 100 700 200 30 re f"))
    page["/Contents"] = generic.ArrayObject([page.raw_get("/Contents"), drawn])
    writer.mark_update(reference)
    writer.write_in_place()
    (desk.folder / "drawn-over.pdf").write_bytes(out.getvalue())
    return desk


def codes(told: dict[str, list[dict[str, str]]]) -> set[str]:
    return {finding["code"] for finding in told["findings"]}


def test_a_page_that_looks_different_is_found_and_pictured(desk: Desk, tmp_path: Path) -> None:
    told = desk.json("verify", desk.folder / "drawn-over.pdf", "--pictures", tmp_path / "seen", status=1)
    assert "page-looks-different" in codes(told)
    names = [f"01-page-1-{name}.png" for name in ("after", "before", "difference")]
    assert sorted(path.name for path in (tmp_path / "seen").iterdir()) == names
    assert all(path.read_bytes().startswith(b"\x89PNG") for path in (tmp_path / "seen").iterdir())


def test_the_comparison_can_be_switched_off(desk: Desk) -> None:
    told = desk.json("verify", desk.folder / "drawn-over.pdf", "--no-pictures", status=1)
    assert "page-looks-different" not in codes(told)


def test_keeping_pictures_without_taking_them_is_wrong_usage(desk: Desk, tmp_path: Path) -> None:
    desk.run("verify", desk.folder / "drawn-over.pdf", "--no-pictures", "--pictures", tmp_path / "seen", status=2)
    assert not (tmp_path / "seen").exists()


def test_a_folder_that_cannot_be_written_to_is_an_error(desk: Desk) -> None:
    document = desk.folder / "drawn-over.pdf"
    assert "[pictures-not-written]" in desk.run("verify", document, "--pictures", document / "seen", status=13).stderr
