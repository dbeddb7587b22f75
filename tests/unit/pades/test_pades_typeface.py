"""Type on fields: nothing missing, rare characters drawn and read back, a small subset found again."""

from __future__ import annotations

import io
import re
from pathlib import Path

import pypdfium2
import pytest
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.generic import pdf_name
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.pdf_utils.writer import PageObject, PdfFileWriter

from esign.errors import FieldError
from esign.pades.canvas import TYPE_NAME, Canvas
from esign.pades.typeface import DEFAULT_WIDTH, RESOURCE_NAME, EmbeddedType, Typeface, find_embedded_type
from tests import documents
from tests.tools import run_tool

RARE = "𠮷㛃䶮"
LATIN = "Signature page 0123456789"
MANY = "".join(chr(0x4E00 + 7 * number) for number in range(150))


def written(typeface: Typeface, text: str, *, drawn: str | None = None) -> bytes:
    """Return a one-page PDF that shows `drawn` (else `text`) in lines of twenty, with the type for `text`."""
    writer = PdfFileWriter()
    reference = typeface.subset([text]).embed(writer)
    writer.root[pdf_name("/AcroForm")] = generic.DictionaryObject(
        {
            pdf_name("/Fields"): generic.ArrayObject(),
            pdf_name("/DR"): generic.DictionaryObject(
                {pdf_name("/Font"): generic.DictionaryObject({pdf_name(RESOURCE_NAME): reference})}
            ),
        }
    )
    canvas = Canvas(find_embedded_type(writer))
    shown = drawn or text
    for line, first in enumerate(range(0, len(shown), 20)):
        canvas.text(shown[first : first + 20], 20, 380 - 24 * line, 18)
    content = writer.add_object(generic.StreamObject(stream_data=canvas.content))
    fonts = generic.DictionaryObject({pdf_name(TYPE_NAME): reference})
    resources = generic.DictionaryObject({pdf_name("/Font"): fonts})
    writer.insert_page(PageObject(content, (0, 0, 420, 420), resources))
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def read_back(pdf: bytes) -> str:
    return run_tool("pdftotext", "-raw", "-", "-", stdin=pdf).stdout.decode().replace("\n", "").strip("\f")


def find_in(pdf: bytes) -> EmbeddedType:
    return find_embedded_type(PdfFileReader(io.BytesIO(pdf)))


def to_unicode_of(pdf: bytes) -> str:
    reader = PdfFileReader(io.BytesIO(pdf))
    cmap: bytes = reader.root["/AcroForm"]["/DR"]["/Font"][RESOURCE_NAME]["/ToUnicode"].data
    return cmap.decode("ascii")


@pytest.fixture(scope="module")
def latin(tmp_path_factory: pytest.TempPathFactory) -> Typeface:
    """A typeface with TrueType outlines."""
    return documents.latin_typeface(tmp_path_factory.mktemp("latin"))


def test_a_character_without_a_glyph_is_an_error_that_names_it(typeface: Typeface) -> None:
    with pytest.raises(FieldError, match="\U0001f600") as caught:
        typeface.subset(["张伟", "ok \U0001f600"])
    assert caught.value.code == "font-glyph-missing"


def test_each_missing_character_is_named_once_and_no_other(latin: Typeface) -> None:
    with pytest.raises(FieldError) as caught:
        latin.subset(["张 A 伟", "伟"])
    assert "伟、张" in caught.value.cause
    assert caught.value.cause.count("伟") == 1
    assert not caught.value.cause.endswith("A")


@pytest.mark.parametrize("text", ["a\nb", "a\x00b", "a\ud800b"], ids=["line break", "null", "lone surrogate"])
def test_what_is_no_character_has_no_glyph(typeface: Typeface, text: str) -> None:
    assert typeface.missing(text) == text[1]


@pytest.mark.parametrize(
    "text", [RARE, "张伟 李秀英", LATIN, MANY, "𠮷𠮷野家"], ids=["rare", "names", "latin", "many", "twice"]
)
def test_what_is_drawn_can_be_read_back(typeface: Typeface, text: str) -> None:
    assert read_back(written(typeface, text)).replace(" ", "") == text.replace(" ", "")


def test_truetype_outlines_can_be_read_back_too(latin: Typeface) -> None:
    pdf = written(latin, LATIN)
    assert read_back(pdf) == LATIN
    assert b"/FontFile2" in pdf
    assert b"/CIDToGIDMap" in pdf


@pytest.mark.parametrize("character", [*RARE, "张", "A"])
def test_every_character_leaves_its_own_ink(typeface: Typeface, character: str) -> None:
    """The glyph is the right one: drawn alone it looks as it does from the whole typeface."""
    few, many = (written(typeface, text, drawn=character) for text in (character, MANY + RARE + LATIN + "A张"))
    pictures = []
    for pdf in (few, many):
        with pypdfium2.PdfDocument(pdf) as document:
            pictures.append(document[0].render(grayscale=True).to_numpy().copy())
    assert pictures[0].min() < 128
    assert (pictures[0] == pictures[1]).all()


def test_different_characters_leave_different_ink(typeface: Typeface) -> None:
    seen = set()
    for character in RARE + "张伟":
        with pypdfium2.PdfDocument(written(typeface, RARE + "张伟", drawn=character)) as document:
            seen.add(document[0].render(grayscale=True).to_numpy().tobytes())
    assert len(seen) == 5


def test_the_subset_is_a_small_part_of_the_typeface(typeface: Typeface) -> None:
    whole = typeface.path.stat().st_size
    assert len(typeface.subset(["张伟 " + LATIN]).data) < 30_000 < whole / 100


def test_the_embedded_font_is_whole_for_qpdf_and_named_as_a_subset(
    typeface: Typeface, latin: Typeface, tmp_path: Path
) -> None:
    for face, text in ((typeface, RARE + LATIN), (latin, LATIN)):
        path = tmp_path / "type.pdf"
        path.write_bytes(written(face, text))
        run_tool("qpdf", "--check", path)
        listed = run_tool("pdffonts", path).stdout.decode().splitlines()[2]
        assert re.match(r"ESIGNA\+\w", listed)
        assert "None" not in listed
        assert listed.split()[-5:-2] == ["yes", "yes", "yes"]


def test_what_was_embedded_is_found_again(typeface: Typeface) -> None:
    found = find_in(written(typeface, RARE + LATIN))
    assert set(found.codes) == set(RARE + LATIN)
    assert set(found.widths) == set(found.codes.values())
    assert found.width("张" if "张" in found.codes else RARE[0]) == 1.0
    assert 0 < found.width("i") < found.width("S") < 1
    assert found.width("Si") == pytest.approx(found.width("S") + found.width("i"))


def test_widths_are_written_once_for_neighbours_and_not_at_all_where_they_are_the_usual_one(
    typeface: Typeface,
) -> None:
    reader = PdfFileReader(io.BytesIO(written(typeface, RARE + "0123456789")))
    font = reader.root["/AcroForm"]["/DR"]["/Font"][RESOURCE_NAME]["/DescendantFonts"][0]
    digits = find_embedded_type(reader).codes["0"]
    first, widths = font["/W"]
    assert (first, len(widths), len(set(widths))) == (digits, 10, 1)
    assert font["/DW"] == DEFAULT_WIDTH != widths[0]


def test_characters_beyond_the_basic_plane_are_surrogate_pairs_in_the_map(typeface: Typeface) -> None:
    pdf = written(typeface, RARE)
    code = find_in(pdf).codes["𠮷"]
    assert f"<{code:04x}> <d842dfb7>" in to_unicode_of(pdf)


def test_the_map_is_in_blocks_of_at_most_a_hundred(typeface: Typeface) -> None:
    blocks = re.findall(r"^(\d+) beginbfchar\n(.*?)endbfchar$", to_unicode_of(written(typeface, MANY)), re.M | re.S)
    assert [int(count) for count, _lines in blocks] == [100, 50]
    assert [lines.count("\n") for _count, lines in blocks] == [100, 50]


def test_characters_that_share_a_glyph_can_stand_side_by_side(typeface: Typeface) -> None:
    """A radical (U+2F08) looks like the character 人; both are announced and both have a code."""
    found = find_in(written(typeface, "\u2f08人"))
    assert len(found.encode("\u2f08人")) == len(b"<00000000>")


def test_text_that_was_not_announced_is_refused_by_name(typeface: Typeface) -> None:
    found = find_in(written(typeface, "张伟"))
    with pytest.raises(FieldError, match="英") as caught:
        found.encode("张英")
    assert caught.value.code == "font-text-not-prepared"


def test_a_document_that_was_not_prepared_says_so(contract: bytes) -> None:
    with pytest.raises(FieldError) as caught:
        find_embedded_type(IncrementalPdfFileWriter(io.BytesIO(contract)))
    assert caught.value.code == "document-not-prepared"


def test_subsetting_is_the_same_every_time(typeface: Typeface) -> None:
    assert typeface.subset(["张伟", LATIN]).data == typeface.subset([LATIN, "伟张"]).data
