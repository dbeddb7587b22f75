"""Fonts that are not in the file and text that its font cannot show."""

from __future__ import annotations

import pytest

from esign.errors import DocumentRefused
from esign.pades.admission import admit
from tests.unit.pades.made_fonts import cff, cid_keyed_cff, truetype, type1
from tests.unit.pades.made_pdfs import HandmadePdf


def code_of(pdf: HandmadePdf) -> str:
    """Return the refusal's code, or "admitted"."""
    try:
        admit(pdf.file())
    except DocumentRefused as refused:
        return refused.code
    return "admitted"


def simple(show: bytes, program: tuple[str, bytes] | None, *, kind: str = "Type1", encoding: str = "") -> HandmadePdf:
    pdf = HandmadePdf(b"BT /F 12 Tf " + show + b" ET")
    entry = f"/{program[0]} {pdf.add_stream('', program[1], compress=True)}" if program else ""
    descriptor = pdf.add(f"<</Type/FontDescriptor/Flags 32{entry}>>")
    font = pdf.add(f"<</Type/Font/Subtype/{kind}/BaseFont/ABCDEF+Made/FontDescriptor {descriptor}{encoding}>>")
    pdf.resources = f"/Font<</F {font}>>"
    return pdf


def composite(
    show: bytes,
    program: tuple[str, bytes],
    *,
    kind: str = "CIDFontType2",
    more: str = "",
    encoding: str = "/Identity-H",
) -> HandmadePdf:
    pdf = HandmadePdf(b"BT /F 12 Tf " + show + b" ET")
    descriptor = pdf.add(f"<</Type/FontDescriptor/{program[0]} {pdf.add_stream('', program[1], compress=True)}>>")
    descendant = pdf.add(f"<</Type/Font/Subtype/{kind}/FontDescriptor {descriptor}{more}>>")
    to_unicode = pdf.add_stream("", b"2 beginbfchar <0000> <0020> <0009> <4FDD> endbfchar")
    pdf.resources = (
        f"/Font<</F<</Type/Font/Subtype/Type0/BaseFont/Made/Encoding{encoding}"
        f"/DescendantFonts[{descendant}]/ToUnicode {to_unicode}>>>>"
    )
    return pdf


WIN = "/Encoding/WinAnsiEncoding"
PROGRAMS = {
    "TrueType": ("TrueType", ("FontFile2", truetype("ab"))),
    "CFF": ("Type1", ("FontFile3", cff("ab"))),
    "Type 1": ("Type1", ("FontFile", type1("ab"))),
}


def test_a_font_outside_the_file_is_refused_by_name_without_its_subset_tag() -> None:
    with pytest.raises(DocumentRefused) as caught:
        admit(simple(b"(ab) Tj", None).file())
    assert caught.value.code == "document-font-not-embedded"
    assert str(caught.value).startswith("page 1 uses the font Made, which is not in the file; ")


@pytest.mark.parametrize("show", [b"", b"() Tj", b"(  \\n) Tj", b"3 Tr (recognised) Tj", b"[-200] TJ"])
def test_a_font_that_shows_no_ink_need_not_be_in_the_file(show: bytes) -> None:
    assert code_of(simple(show, None)) == "admitted"


@pytest.mark.parametrize(
    "show",
    [
        b"[(a) -1 (b)] TJ",
        b"(a) '",
        b'0 0 (a) "',
        b"<61> Tj",
        b"(\\141) Tj",
        b"((a)) Tj",
        b"3 Tr 0 Tr (a)Tj",
        b"q 3 Tr Q (a)Tj",
        b"7 Tr (a)Tj",
        b"/S<</E(x)>>BDC(a)Tj EMC",
    ],
)
def test_every_way_of_showing_text_counts(show: bytes) -> None:
    assert code_of(simple(show, None)) == "document-font-not-embedded"


@pytest.mark.parametrize("program", PROGRAMS)
@pytest.mark.parametrize("encoding", ["", WIN])
def test_text_that_the_font_has_is_admitted(program: str, encoding: str) -> None:
    kind, file = PROGRAMS[program]
    assert code_of(simple(b"(ab ba) Tj", file, kind=kind, encoding=encoding)) == "admitted"


@pytest.mark.parametrize("program", PROGRAMS)
@pytest.mark.parametrize("encoding", ["", WIN])
def test_text_that_the_font_lacks_is_refused(program: str, encoding: str) -> None:
    kind, file = PROGRAMS[program]
    assert code_of(simple(b"(abc) Tj", file, kind=kind, encoding=encoding)) == "document-text-notdef"


@pytest.mark.parametrize("program", PROGRAMS)
def test_differences_lead_to_glyphs(program: str) -> None:
    kind, file = PROGRAMS[program]
    encoding = "/Encoding<</Differences[1/a/b 9/space]>>"
    assert code_of(simple(b"<010209> Tj", file, kind=kind, encoding=encoding)) == "admitted"
    missing = simple(b"<0103> Tj", file, kind=kind, encoding="/Encoding<</Differences[3/c]>>")
    assert code_of(missing) == "document-text-notdef"


@pytest.mark.parametrize("program", PROGRAMS)
def test_a_space_that_the_font_lacks_is_admitted(program: str) -> None:
    kind, file = PROGRAMS[program]
    encoding = "/Encoding<</BaseEncoding/WinAnsiEncoding/Differences[200/nbspace/uni00AD]>>"
    assert code_of(simple(b"(a\\240\\310\\311\\r\\n) Tj", file, kind=kind, encoding=encoding)) == "admitted"


def test_a_type_1_font_is_read_by_its_own_encoding() -> None:
    program = ("FontFile", type1("ab", encoding="256 array\ndup 5 /a put\ndup 8#6 /b put\nreadonly def"))
    assert code_of(simple(b"<0506> Tj", program)) == "admitted"
    assert code_of(simple(b"<0561> Tj", program)) == "document-text-notdef"


def test_names_for_the_same_character_are_the_same_glyph() -> None:
    encoding = "/Encoding<</Differences[1/uni0061]>>"
    assert code_of(simple(b"<01> Tj", ("FontFile3", cff("ab")), encoding=encoding)) == "admitted"


@pytest.mark.parametrize("rubbish", [b"", b"not a font at all, but long enough", b"\x00" * 100])
def test_an_embedded_file_that_is_no_font_counts_as_missing(rubbish: bytes) -> None:
    assert code_of(simple(b"(a) Tj", ("FontFile2", rubbish))) == "document-font-not-embedded"


def test_a_font_that_is_not_understood_is_taken_as_it_is() -> None:
    assert code_of(simple(b"(xyz) Tj", ("FontFile2", truetype("ab")[:40]), kind="TrueType")) == "admitted"


def test_glyphs_of_a_composite_truetype_font() -> None:
    program = ("FontFile2", truetype("ab", names=False))
    assert code_of(composite(b"<000100020003> Tj", program)) == "admitted"
    assert code_of(composite(b"<0009> Tj", program)) == "document-text-notdef"


def test_the_missing_glyph_itself_is_refused_unless_it_stands_for_a_space() -> None:
    program = ("FontFile2", truetype("ab", names=False))
    assert code_of(composite(b"<0000> Tj", program)) == "admitted"  # its ToUnicode says space
    mapped = composite(b"<0002> Tj", program)
    mapped.resources = mapped.resources.replace(
        "/Identity-H",
        " "
        + mapped.add_stream(
            "", b"1 begincodespacerange <0000> <ffff> endcodespacerange 1 begincidchar <0002> 0 endcidchar"
        ),
    )
    assert code_of(mapped) == "document-text-notdef"


def test_a_glyph_map_is_followed() -> None:
    pdf = composite(b"<00050006> Tj", ("FontFile2", truetype("ab", names=False)), more="/CIDToGIDMap 99 0 R")
    glyphs = pdf.add_stream("", b"\x00\x00" * 5 + b"\x00\x02" + b"\x00\x00")
    pdf.added = [item.replace(b"99 0 R", glyphs.encode()) for item in pdf.added]
    assert code_of(pdf) == "document-text-notdef"
    pdf.content = b"BT /F 12 Tf <0005> Tj ET"
    assert code_of(pdf) == "admitted"


def test_cids_of_a_cid_keyed_font() -> None:
    program = ("FontFile3", cid_keyed_cff([7, 300]))
    assert code_of(composite(b"<0007012c> Tj", program, kind="CIDFontType0")) == "admitted"
    assert code_of(composite(b"<0001> Tj", program, kind="CIDFontType0")) == "document-text-notdef"


def test_a_predefined_cmap_is_taken_as_it_is_but_its_font_must_be_there() -> None:
    program = ("FontFile2", truetype("ab", names=False))
    assert code_of(composite(b"<b0a1> Tj", program, encoding="/GBK-EUC-H")) == "admitted"
    pdf = composite(b"<b0a1> Tj", ("Nothing", b""), encoding="/GBK-EUC-H")
    assert code_of(pdf) == "document-font-not-embedded"


def test_text_in_forms_patterns_masks_and_type_3_glyphs_is_found() -> None:
    text = b"BT /F 12 Tf (a) Tj ET"
    for content, resources, entries in (
        (b"/X Do", "/XObject<</X {}>>", "/Subtype/Form/BBox[0 0 9 9]"),
        (b"/Pattern cs /P scn 0 0 9 9 re f", "/Pattern<</P {}>>", "/PatternType 1/BBox[0 0 9 9]/XStep 9/YStep 9"),
        (b"/G gs", "/ExtGState<</G<</SMask<</S/Alpha/G {}>>>>>>", "/Subtype/Form/BBox[0 0 9 9]"),
        (b"/T 1 Tf (x) Tj", "/Font<</T<</Subtype/Type3/CharProcs<</x {}>>>>>>", ""),
    ):
        pdf = HandmadePdf(content)
        font = pdf.add("<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>")
        pdf.resources = resources.format(pdf.add_stream(f"{entries}/Resources<</Font<</F {font}>>>>", text))
        assert code_of(pdf) == "document-font-not-embedded", resources


def test_text_in_the_appearance_of_a_field_is_found() -> None:
    pdf = HandmadePdf()
    font = pdf.add("<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>")
    drawn = pdf.add_stream(f"/BBox[0 0 9 9]/Resources<</Font<</F {font}>>>>", b"BT /F 9 Tf (a) Tj ET")
    pdf.page += f"/Annots[{pdf.add(f'<</Subtype/Widget/FT/Tx/T(t)/Rect[0 0 9 9]/AP<</N {drawn}>>>>')}]"
    assert code_of(pdf) == "document-font-not-embedded"


def test_the_first_page_at_fault_is_named() -> None:
    pdf = simple(b"(a) Tj", ("FontFile3", cff("ab")))
    second = pdf.add_stream("", b"BT /F 12 Tf (c) Tj ET")
    page = f"/Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]/Contents {second}/Resources<<{pdf.resources}>>"
    pdf.kids.append(pdf.add(f"<<{page}>>"))
    with pytest.raises(DocumentRefused) as caught:
        admit(pdf.file())
    assert caught.value.code == "document-text-notdef"
    assert caught.value.cause.startswith("page 2 ")


@pytest.mark.parametrize("program", PROGRAMS)
def test_a_font_that_is_cut_off_or_overwritten_anywhere_is_judged_without_a_crash(program: str) -> None:
    kind, (entry, data) = PROGRAMS[program]
    verdicts = set()
    for at in range(0, len(data), 7):
        for damaged in (data[:at], data[:at] + b"\xff\xff\xff" + data[at + 3 :]):
            verdicts.add(code_of(simple(b"(ab) Tj", (entry, damaged), kind=kind)))
    assert "admitted" in verdicts
    assert verdicts <= {"admitted", "document-text-notdef", "document-font-not-embedded"}
