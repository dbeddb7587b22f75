"""Objects as they are written in a PDF, and what is refused."""

from __future__ import annotations

import pytest

from esign.verify.errors import LimitReached, Malformed
from esign.verify.limits import Limits
from esign.verify.reading.lexer import Lexer
from esign.verify.reading.objects import Name, PdfValue, Ref


def read(text: bytes) -> PdfValue:
    return Lexer(text, Limits()).read(0)[0]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        (b"<< /A 1 /B#20C [true false null] >>", {"A": 1, "B C": [True, False, None]}),
        (b"  % a comment\n /Name", Name("Name")),
        (b"(a \\(nested\\) (pair) \\101\\n\\\r\nend)", b"a (nested) (pair) A\nend"),
        (b"<48 65 6c6C 6f7>", b"Hellop"),
        (b"-.5", -0.5),
        (b"+17", 17),
        (b"12 0 R", Ref(12, 0)),
        (b"[12 0 13 0 R 7]", [12, 0, Ref(13, 0), 7]),
        (b"<</A<</B<abcd>>>>>", {"A": {"B": b"\xab\xcd"}}),
        (b"<< /A 1 /A 2 >>", {"A": 1}),
        (b"<4g1>", b"A"),
        (b"<4?>", b"@"),
    ],
)
def test_objects_are_read_as_iso_32000_writes_them(text: bytes, value: PdfValue) -> None:
    assert read(text) == value


@pytest.mark.parametrize("text", [b"", b"<< /A", b"(open", b"<41", b"[1 2", b"foo", b"<< 1 2 >>", b">>"])
def test_what_is_cut_off_or_misspelt_is_malformed(text: bytes) -> None:
    with pytest.raises(Malformed):
        read(text)


def test_nesting_beyond_the_limit_is_refused() -> None:
    with pytest.raises(LimitReached):
        read(b"[" * 10_000)


def test_a_number_of_absurd_length_is_refused() -> None:
    with pytest.raises(LimitReached):
        read(b"9" * 10_000)


def test_the_spans_name_every_occurrence_of_a_key() -> None:
    text = b"<< /V 1 /V (two) >>"
    _, end, spans = Lexer(text, Limits()).read_dictionary(0)
    assert end == len(text)
    assert [text[start:stop] for start, stop in spans["V"]] == [b"1", b"(two)"]


@pytest.mark.parametrize(
    "text",
    [
        b"<< /A 1 /A 2 >>",
        b"--2",
        b"2-1",
        b"+-2",
        b"4294967298",
        b"99999999999",
        b"<4g1>",
        b"/A#2",
        b"[/A#zz]",
        b"9999999999",
    ],
)
def test_what_readers_read_in_different_ways_is_in_doubt(text: bytes) -> None:
    lexer = Lexer(text, Limits())
    lexer.read(0)
    assert lexer.doubts == 1


@pytest.mark.parametrize(
    "text",
    [b"0", b"-1", b"+17", b"4.", b"-.5", b"0000000002", b"000066802", b"1234567890", b"<4 1\n>", b"/A#20", b"595.276"],
)
def test_odd_but_plain_forms_are_not(text: bytes) -> None:
    lexer = Lexer(text, Limits())
    lexer.read(0)
    assert lexer.doubts == 0
