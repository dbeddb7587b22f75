"""What fuzzing found worth keeping is judged again, every file with the same demands on the answer."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from random import Random

import pytest

from esign.bundle.checking.set_container import is_set
from esign.bundle.checking.set_listing import list_set
from esign.verify import Conclusion, DocumentFacts, Report, SignatureReport
from tests.bundles import members_of
from tests.fuzz.containers import nothing_written, require_same
from tests.fuzz.judged import SEEDS, Broken, check, seeds, signed_regions
from tests.fuzz.mutations import MUTATIONS
from tests.fuzz.targets import TARGETS

CORPUS = Path(__file__).parent / "corpus"
LARGEST_CORPUS = 1_500_000
MADE_EACH = 12


@pytest.mark.parametrize("target", TARGETS)
def test_every_kept_file_gets_an_answer_that_may_be_given(target: str) -> None:
    kept = [path.read_bytes() for path in sorted((CORPUS / target).iterdir())]
    assert kept
    for data in [*seeds(target).values(), *kept]:
        TARGETS[target](data)


@pytest.mark.parametrize("target", TARGETS)
def test_files_changed_by_structure_get_an_answer_that_may_be_given(target: str) -> None:
    random = Random(7)  # noqa: S311  # the same files every time
    mutate = MUTATIONS[target]
    made = {mutate(data, random) for data in seeds(target).values() for _ in range(MADE_EACH)}
    assert len(made) > MADE_EACH
    for data in made:
        TARGETS[target](data)


def test_the_kept_files_are_small() -> None:
    sizes = [path.stat().st_size for folder in (CORPUS, SEEDS) for path in folder.rglob("*") if path.is_file()]
    assert sum(sizes) < LARGEST_CORPUS


def report_of(conclusion: Conclusion, *signatures: SignatureReport) -> Report:
    return Report(DocumentFacts("made.pdf", "0" * 64, 1, 1, 1), conclusion, signatures)


def standing(*, integrity: str = "intact", changes_after: str = "none") -> SignatureReport:
    return SignatureReport(
        "first",
        "signature",
        1,
        integrity,
        "whole-file",
        changes_after,
        "B-B",
        "TOTAL-PASSED",
        None,
        None,
        None,
        {},
        {},
        {},
    )


def test_a_signature_said_to_be_intact_over_changed_bytes_is_broken() -> None:
    document = seeds("reader")["once"]
    changed = document.replace(b"(Paid)", b"(Free)")
    check(report_of(Conclusion.INDETERMINATE, standing()), document)
    with pytest.raises(Broken, match="never signed"):
        check(report_of(Conclusion.INDETERMINATE, standing()), changed)
    check(report_of(Conclusion.FAILED, standing(integrity="broken")), changed)


def test_an_answer_in_other_words_than_the_agreed_ones_is_broken() -> None:
    with pytest.raises(Broken, match="not its form"):
        check(report_of(Conclusion.FAILED, standing(integrity="maybe")), seeds("reader")["once"])


def test_a_document_that_passes_and_shows_something_else_is_broken() -> None:
    document = seeds("reader")["once"]
    place = document.index(b"4 0 obj")
    shown = document[place : document.index(b"endobj", place) + 6].replace(b"(Paid)", b"(Free)")
    start = len(document) + len(shown) + 1
    table = b"xref\n4 1\n%010d 00000 n \ntrailer\n<</Size 9/Root 1 0 R/Prev %s>>\nstartxref\n%d\n%%%%EOF\n"
    last = document[document.rindex(b"startxref") + 9 : document.rindex(b"%%EOF")].strip()
    changed = document + shown + b"\n" + table % (len(document), last, start)
    TARGETS["reader"](changed)
    with pytest.raises(Broken, match="does not show"):
        check(report_of(Conclusion.PASSED, standing(changes_after="permitted")), changed)


def test_the_seeds_hold_every_kind_of_signed_region() -> None:
    assert len(signed_regions()) >= len(seeds("reader")) - 1


def test_an_archive_in_which_another_reader_finds_something_else_is_broken() -> None:
    archive = seeds("container")["stored"]
    members = members_of(archive)
    require_same(archive, members)
    for other in ({**members, "more.txt": b""}, {**members, "README.html": b"other"}, dict(reversed(members.items()))):
        with pytest.raises(Broken, match="two readers"):
            require_same(archive, other)


def test_a_reader_of_bundles_that_writes_is_broken(tmp_path: Path) -> None:
    (tmp_path / "there").write_text("before")
    for write in (
        partial((tmp_path / "made").write_bytes, b"word"),
        (tmp_path / "folder").mkdir,
        (tmp_path / "there").unlink,
        partial((tmp_path / "link").symlink_to, "/etc/passwd"),
    ):
        with pytest.raises(Broken, match="something is written"), nothing_written():
            write()
    assert [path.name for path in tmp_path.iterdir()] == ["there"]
    with nothing_written():
        assert (tmp_path / "there").read_text() == "before"


def test_the_archives_that_fuzzing_starts_from_are_a_bundle_of_each_method_and_a_set() -> None:
    made = seeds("container")
    assert {name: is_set(data) for name, data in made.items()} == {"stored": False, "deflated": False, "set": True}
    listing = list_set(made["set"])
    assert [finding.code for finding in listing.findings] == ["set-envelope-without-bundle"]
    assert len(listing.bundles) == 2
