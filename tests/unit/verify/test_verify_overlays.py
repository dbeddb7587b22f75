"""New signatures that lie over what a page showed, and fields that look otherwise because the form does."""

from __future__ import annotations

import io

import pytest

from esign.verify.changes.between import changes_between
from esign.verify.changes.change import ChangeKind
from esign.verify.changes.overlays import rectangle
from esign.verify.limits import Limits
from esign.verify.reading.document import PdfFile
from tests.attacks.certified_documents import new_signature
from tests.attacks.contracts import AMOUNT, FORM, FREE, amount, approved, form, objects, signed
from tests.attacks.writing import Objects, new_document, update


def kinds(before: bytes, changed: Objects) -> set[ChangeKind]:
    file = PdfFile(io.BytesIO(update(before, changed)), Limits())
    return {change.kind for change in changes_between(file.revision(len(before)), file.present)}


@pytest.mark.parametrize(
    ("box", "lies_over"),
    [
        (b"60 100 260 160", False),
        (b"0 0 595 842", True),
        (b"0 0 595 210", False),
        (b"0 0 595 211", True),
        (b"60 600 260 620", True),
        (b"60 615 260 640", False),
        (b"60 500 260 560", False),
        (b"50 630 100 670", True),
    ],
    ids=str,
)
def test_a_new_signature_lies_over_a_quarter_of_the_page_or_over_a_field(box: bytes, lies_over: bool) -> None:
    found = kinds(approved(), new_signature(box))
    assert (ChangeKind.SIGNATURE_OVERLAID in found) is lies_over


@pytest.mark.parametrize("numbers", [[], [0, 0, 1], [0, 0, 0, 0], [1, 1, 1, 9], [0, 0, True, 1], [0, 0, b"1", 1]])
def test_what_has_no_area_is_no_rectangle(numbers: list[int]) -> None:
    revision = PdfFile(io.BytesIO(approved()), Limits()).present
    assert rectangle(revision, [*numbers]) is None


def test_corners_may_be_told_in_any_order() -> None:
    revision = PdfFile(io.BytesIO(approved()), Limits()).present
    assert rectangle(revision, [10, 20, 1, 2]) == rectangle(revision, [1, 20, 10, 2]) == (1, 2, 10, 20)


def test_the_same_words_in_another_encoding_are_no_reason_to_look_otherwise() -> None:
    other, drawn = amount(b"<FEFF003100300030>"), objects()[15].replace(b"(100)", b"(900)")
    assert kinds(approved(), {AMOUNT: other}) == {ChangeKind.FORM_FILLING}
    assert ChangeKind.APPEARANCE_ALONE in kinds(approved(), {AMOUNT: other, 15: drawn})


WHITE = form(b"/SigFlags 3").replace(b"/DA (/F1 12 Tf 0 g)", b"/DA (/F1 12 Tf 1 g)")


def test_the_default_look_matters_to_fields_that_have_none_and_show_something() -> None:
    bare = amount(more=b"").replace(b"/DA (/F1 12 Tf 0 g) ", b"")
    assert kinds(signed(new_document({**objects(), AMOUNT: bare})), {FORM: WHITE}) == {ChangeKind.APPEARANCE_ALONE}
    empty = bare.replace(b"(100)", b"()")
    assert kinds(signed(new_document({**objects(), AMOUNT: empty})), {FORM: WHITE}) == set()
    assert kinds(approved(), {FORM: WHITE}) == set()


@pytest.mark.parametrize(
    ("value", "shown", "alike"),
    [
        (b"(100)", b"100", True),
        (b"(1000.5)", b"1,000.50 EUR", True),
        (b"(900)", b"100", False),
        (b"(100)", b"", True),
        (b"(\xfe\xff\x94\xf6\x88\x4c)", b"\x01\x02", True),
    ],
)
def test_viewers_that_draw_fields_anew_show_what_was_shown(value: bytes, shown: bytes, alike: bool) -> None:
    drawn = objects()[15].replace(b"(100)", b"(%s)" % shown).replace(b"/Length 51", b"/Length %d" % (48 + len(shown)))
    document = signed(new_document({**objects(), AMOUNT: amount(value), 15: drawn}))
    found = kinds(document, {FORM: form(b"/SigFlags 3 /NeedAppearances true"), FREE: b"null"})
    assert (found == set()) is alike
