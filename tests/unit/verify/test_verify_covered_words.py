"""Words that a signature hides which was added later: one numeral, and pages that the limits keep from being drawn."""

from __future__ import annotations

import pytest
from later_updates import field_named
from later_widgets import Writer, dictionary
from pictured_material import add_signature, appearance, form, look, numbers, sign, signed_form, with_update
from pyhanko.pdf_utils.generic import pdf_string
from pyhanko.sign.fields import MDPPerm
from signed_material import codes

from esign.verify import Limits

HIDDEN, DIGIT = b"1 g 0 0 20 40 re f", (310, 690, 319, 730)


def test_one_numeral_that_is_hidden_leaves_the_conclusion_open_and_one_letter_does_not() -> None:
    """The first digit of the sum, of which the document then shows another; and the T that the line begins with."""
    for box, found in ((DIGIT, {"words-covered"}), ((99, 690, 115, 730), set())):
        report = look(with_update(signed_form(), add_signature(HIDDEN, box)))
        assert codes(report, "warning") & {"words-covered"} == found


@pytest.mark.parametrize(("drawn", "hides"), [(b"1 g 0 0 405 40 re f 0 g ", True), (b"", False)])
def test_a_field_that_lay_unseen_over_words_and_hides_them_when_filled_leaves_the_conclusion_open(
    drawn: bytes, hides: bool
) -> None:
    """A shadow attack by the form (Mainka et al., "Shadow Attacks", NDSS 2021, section 4.2)."""

    def laid_over_words(writer: Writer) -> None:
        field = field_named(writer, "amount")
        field["/Rect"], field["/V"] = numbers(95, 690, 500, 730), pdf_string("")
        field["/AP"] = dictionary(N=appearance(writer, b"/Tx BMC EMC", (405, 40)))
        writer.update_container(field)

    def filled(writer: Writer) -> None:
        field = field_named(writer, "amount")
        field["/V"] = pdf_string("x")
        words = drawn + b"/Tx BMC q BT /F 24 Tf 4 9 Td (x) Tj ET Q EMC"
        field["/AP"] = dictionary(N=appearance(writer, words, (405, 40)))
        writer.update_container(field)

    prepared = sign(with_update(form(), laid_over_words), certified=MDPPerm.FILL_FORMS)
    report = look(with_update(prepared, filled))
    assert ("words-covered" in codes(report, "warning")) is hides


OVER_WORDS = add_signature(b"1 g 0 0 320 60 re f", (95, 680, 400, 740), 1)


def test_words_that_may_be_hidden_on_a_page_that_is_not_drawn_leave_the_conclusion_open() -> None:
    document = with_update(signed_form(), OVER_WORDS)
    assert "pages-not-compared" in codes(look(document, limits=Limits(drawn_pixels=400_000)), "warning")
    digit = with_update(signed_form(), add_signature(HIDDEN, DIGIT))
    coarsely = look(digit, limits=Limits(drawn_page_pixels=2_000))
    assert "pages-not-compared" in codes(coarsely, "warning")
    unseen = with_update(signed_form(), add_signature(b"", (0, 0, 0, 0), 1))
    assert "pages-not-compared" not in codes(look(unseen, limits=Limits(drawn_pixels=400_000)), "warning")


def test_a_page_that_got_a_signature_is_drawn_before_the_limit_is_reached() -> None:
    report = look(with_update(signed_form(), OVER_WORDS), limits=Limits(drawn_pixels=1_100_000))
    assert {"words-covered"} <= codes(report, "warning")
    assert {"pages-beyond-limit"} <= codes(report, "info")


def test_where_too_many_letters_stand_none_is_said_to_be_readable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("esign.verify.pictures.drawn_document.LETTERS_AT_MOST", 3)
    assert "pages-not-compared" in codes(look(with_update(signed_form(), OVER_WORDS)), "warning")
