"""The readers of objects, filters and content, against known values and against chance."""

from __future__ import annotations

import base64
import io
import zlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from esign.errors import DocumentRefused
from esign.pades.admission import Admission, admit
from esign.pades.admission.content import operations, vast_inline_picture
from esign.pades.admission.decoding import StreamTooLong, StreamUndecodable, decode
from esign.pades.admission.syntax import Name, PdfValue, Ref, SyntaxBroken, parse_value
from tests.examples import some_of
from tests.unit.pades.made_fonts import cff
from tests.unit.pades.made_pdfs import HandmadePdf


def parsed(data: bytes) -> PdfValue:
    return parse_value(data, 0, nesting=20)[0]


@pytest.mark.parametrize(
    ("data", "value"),
    [
        (b" null", None),
        (b"true", True),
        (b"-17 ", -17),
        (b"+.5", 0.5),
        (b"4.", 4.0),
        (b"--5", 0),
        (b"/A#20B#2fc", Name("A B/c")),
        (b"/", Name("")),
        (b"12 0 R", Ref(12, 0)),
        (b"(a(b)\\)c\\\\)", b"a(b)c\\".replace(b"c", b")c")),
        (b"(\\101\\1010\\r\\\n\\q)", b"AA0\rq"),
        (b"<4 1 4>", b"A@"),
        (b"[1 2 0 R 3/N(x)<</K[]>>]", [1, Ref(2, 0), 3, Name("N"), b"x", {"K": []}]),
        (b"<</A 1%comment >>\n/B<</C<41>>>>>", {"A": 1, "B": {"C": b"A"}}),
    ],
)
def test_objects_are_read(data: bytes, value: PdfValue) -> None:
    assert parsed(data) == value


@pytest.mark.parametrize("data", [b"", b"(open", b"[1 2", b"<</A 1", b"<<1 2>>", b"]", b"word", b"[" * 50, b"9" * 30])
def test_what_is_no_object_is_refused(data: bytes) -> None:
    with pytest.raises(SyntaxBroken):
        parsed(data)


@given(st.binary(max_size=200))
def test_no_bytes_break_the_object_reader(data: bytes) -> None:
    try:
        parsed(data)
    except SyntaxBroken:
        return


def test_filters_are_undone_in_order() -> None:
    packed = base64.a85encode(zlib.compress(b"words\x00\x00\x00\x00" * 9)) + b"~>"
    assert decode(packed, [("ASCII85Decode", {}), ("FlateDecode", {})], 1000) == b"words\x00\x00\x00\x00" * 9


def test_lzw_follows_the_example_of_the_standard() -> None:
    """ISO 32000-2, 7.4.4.2, example 1."""
    assert decode(bytes.fromhex("800B6050220C0C8501"), [("LZWDecode", {})], 100) == bytes(
        [45, 45, 45, 45, 45, 65, 45, 45, 45, 66]
    )


def test_run_lengths_are_undone() -> None:
    assert decode(b"\x02abc\xfed\x80rest", [("RunLengthDecode", {})], 100) == b"abcddd"


@given(st.lists(st.binary(min_size=6, max_size=6), min_size=1, max_size=6), st.sampled_from([0, 1, 2, 3, 4]))
def test_png_predictors_are_undone(rows: list[bytes], kind: int) -> None:
    coded = b""
    above = bytes(6)
    for row in rows:
        guessed = zip(row, guesses(kind, row, above), strict=True)
        coded += bytes([kind]) + bytes((byte - guess) & 255 for byte, guess in guessed)
        above = row
    parameters: dict[str, PdfValue] = {"Predictor": 15, "Colors": 3, "Columns": 2}
    assert decode(zlib.compress(coded), [("FlateDecode", parameters)], 1000) == b"".join(rows)


def guesses(kind: int, row: bytes, above: bytes) -> list[int]:
    """The predictions of the PNG specification, clause 9, for 3 bytes per pixel."""
    found = []
    for at, up in enumerate(above):
        left, corner = (row[at - 3], above[at - 3]) if at >= 3 else (0, 0)
        nearest = min(
            (abs(up - corner), 0, left), (abs(left - corner), 1, up), (abs(left + up - 2 * corner), 2, corner)
        )
        found.append([0, left, up, (left + up) // 2, nearest[2]][kind])
    return found


@pytest.mark.parametrize("packed", [zlib.compress(b"0" * 5000), zlib.compress(b"0" * 5000)[:-4]])
def test_a_stream_that_grows_past_its_limit_is_refused(packed: bytes) -> None:
    with pytest.raises(StreamTooLong):
        decode(packed, [("FlateDecode", {})], 4000)


def test_a_damaged_end_keeps_what_could_be_read() -> None:
    packed = bytearray(zlib.compress(bytes(range(256)) * 20, 0))
    packed[-1] ^= 1
    assert decode(bytes(packed), [("FlateDecode", {})], 10_000).startswith(bytes(range(256)) * 10)


def test_picture_filters_are_not_for_text() -> None:
    with pytest.raises(StreamUndecodable):
        decode(b"", [("DCTDecode", {})], 10)


def test_operations_that_matter_are_found_without_white_space() -> None:
    content = b"q 1 0 0 1 0 0 cm BT/F1 9 Tf 3 Tr[(a)5<62>]TJ(c)' ET/X Do/GS gs/P scn/OC/L BDC EMC Q%(no)Tj\n"
    assert list(operations(content)) == [
        ("q", ""),
        ("Tf", "F1"),
        ("Tr", "3"),
        ("Tj", [b"a", b"b"]),
        ("Tj", [b"c"]),
        ("Do", "X"),
        ("gs", "GS"),
        ("scn", "P"),
        ("OC", "L"),
        ("Q", ""),
    ]


@pytest.mark.parametrize(
    "image",
    [
        b"BI/W 8/H 4/IM true ID EI q EI",
        b"BI /W 4 /H 4 /F/Fl ID x\x9c(a)Tj EI\x00\x01 EI",
        b"BI /IM true /W 24 /H 1 ID (a) EI",
    ],
)
def test_an_inline_image_is_passed_over(image: bytes) -> None:
    assert list(operations(image + b" /F 1 Tf (b) Tj")) == [("Tf", "F"), ("Tj", [b"b"])]


@pytest.mark.parametrize(
    ("content", "size"),
    [
        (b"BI /W 20 /H 11 ID", (20, 11)),
        (b"BI /W 20 /H 10 ID", None),
        (b"BI /W%c\n20/H %\n%(\n+11 ID", (20, 11)),
        (b"BI /W 0000000000000000020 /#48eight 11.9 ID", (20, 11)),
        (b"BI /W 20 ID BI /H 20 ID", None),
        (b"BI /W20 /H 20 ID", None),
        (b"BI /Wide 20 /H 20 ID", None),
        (b"BI /H 2 /W %" + b"x" * 5000, (10**12, 2)),
        (b"BI " + b"/W%\n" * 1001, (10**12, 10**12)),
    ],
)
def test_the_size_of_an_inline_picture_is_found(content: bytes, size: tuple[int, int] | None) -> None:
    found = vast_inline_picture(content, 200)
    assert found == size


def test_strings_inside_property_lists_are_not_shown() -> None:
    assert list(operations(b"/Span<</ActualText(x)/E<</L(y)>>>>BDC(z)Tj")) == [("Tj", [b"z"])]


@given(st.binary(max_size=300))
def test_no_bytes_break_the_content_reader(content: bytes) -> None:
    assert all(isinstance(operator, str) for operator, _ in operations(content))


def sample() -> bytes:
    pdf = HandmadePdf(b"BT /F 12 Tf (ab) Tj ET /X Do", compress=True)
    program = pdf.add_stream("/Subtype/Type1C", cff("ab"), compress=True)
    descriptor = pdf.add(f"<</Type/FontDescriptor/FontFile3 {program}>>")
    font = pdf.add(f"<</Subtype/Type1/BaseFont/Made/FontDescriptor {descriptor}/Encoding/WinAnsiEncoding>>")
    form = pdf.add_stream("/Subtype/Form/BBox[0 0 9 9]", b"q Q")
    pdf.resources = f"/Font<</F {font}>>/XObject<</X {form}>>"
    field = pdf.add("<</Subtype/Widget/FT/Sig/T(s)/Rect[0 0 9 9]>>")
    pdf.page += f"/Annots[{field}]"
    pdf.catalog += f"/AcroForm<</Fields[{field}]>>/Outlines<</First<</Title(t)>>>>"
    return pdf.bytes()


SAMPLE = sample()


@settings(max_examples=some_of(300))
@given(
    st.lists(
        st.tuples(
            st.integers(0, len(SAMPLE) - 1),
            st.one_of(st.binary(max_size=4), st.sampled_from([b"9999999999", b"-1", b"null", b"<<", b"]", b" 1 0 R "])),
            st.booleans(),
        ),
        min_size=1,
        max_size=8,
    )
)
def test_a_damaged_file_is_admitted_or_refused_and_nothing_else(damage: list[tuple[int, bytes, bool]]) -> None:
    data = bytearray(SAMPLE)
    for at, piece, insert in damage:
        data[at : at if insert else at + len(piece)] = piece
    try:
        found = admit(io.BytesIO(bytes(data)))
    except DocumentRefused as refused:
        assert refused.code.startswith("document-")
    else:
        assert isinstance(found, Admission)
