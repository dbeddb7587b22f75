"""Which fonts show which character codes on which page, through forms, patterns, masks and Type 3 glyphs."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

from esign.errors import DocumentRefused
from esign.pades.admission import refusals
from esign.pades.admission.content import operations, vast_inline_picture
from esign.pades.admission.decoding import StreamUndecodable
from esign.pades.admission.fonts.font import Font, open_font
from esign.pades.admission.pages import Page
from esign.pades.admission.source import PdfSource
from esign.pades.admission.syntax import PdfValue, Ref, Stream

INVISIBLE = "3"
_MAX_FORM_DEPTH = 28
_MAX_SAVED_STATES = 10_000
_FOLD_AFTER = 10_000


@dataclass
class FontUse:
    """A font and the codes it shows: each code with the first page it is seen on."""

    font: Font
    pages: dict[int, int] = field(default_factory=dict)
    fresh: list[bytes] = field(default_factory=list)

    def fold(self, page: int) -> None:
        """Note the codes that were shown on `page` since the last call."""
        if self.fresh:
            for code in self.font.codes(self.fresh):
                self.pages.setdefault(code, page)
            self.fresh = []


class _State(NamedTuple):
    """The part of the graphics state that matters here."""

    font: int | Ref | None = None
    mode: str = "0"


class TextReader:
    """Reads page after page; `uses` holds the result, one entry per font that shows visible text.

    Text in rendering mode 3 is not counted: a scan with recognised text behind it shows the picture, and recognisers
    do not embed fonts for words nobody sees. Every other mode counts, clipping included.
    """

    def __init__(self, source: PdfSource) -> None:
        self.uses: dict[int | Ref, FontUse] = {}
        self._source = source
        self._read_forms: set[tuple[int, int, _State]] = set()
        self._left = source.limits.content_bytes
        self._operations_left = source.limits.operations
        self._kept: list[dict[str, PdfValue]] = []
        self._page = 0

    def read_page(self, page: Page, appearances: list[Stream]) -> None:
        """Read the page's content and the appearance streams of its annotations.

        Raises `DocumentRefused` for layers, external content, damage, and limits.
        """
        self._page = page.number
        contents = self._source.get(page.entries.get("Contents"))
        streams = contents if isinstance(contents, list) else [contents]
        parts: list[bytes] = []
        room = self._source.limits.page_content_bytes
        for item in streams:
            stream = self._source.stream(item)
            if stream is not None:
                parts.append(self._content(stream, room))
                room -= len(parts[-1])
        self._read(b"\n".join(parts), page.resources, _State(), 0)
        for appearance in appearances:
            self._read_form(appearance, page.resources, _State(), 0)
        for use in self.uses.values():
            use.fold(page.number)

    def _content(self, stream: Stream, room: int) -> bytes:
        self._refuse_external(stream.entries)
        try:
            data = self._source.decoded(stream, max(0, min(room, self._left)))
        except StreamUndecodable as error:
            raise refusals.broken(f"the content of page {self._page} cannot be read") from error
        self._left -= len(data)
        return data

    def _refuse_external(self, entries: dict[str, PdfValue]) -> None:
        if self._source.get(entries.get("F")) is not None or self._source.dictionary(entries.get("Ref")):
            raise refusals.external_stream(f"page {self._page}")

    def _refuse_vast(self, picture: dict[str, PdfValue]) -> None:
        width, height = (self._source.integer(picture.get(edge)) or 0 for edge in ("Width", "Height"))
        if width * height > self._source.limits.image_pixels:
            raise self._too_vast(width, height)

    def _refuse_vast_inside(self, content: bytes) -> None:
        if (vast := vast_inline_picture(content, self._source.limits.image_pixels)) is not None:
            raise self._too_vast(*vast)

    def _too_vast(self, width: int, height: int) -> DocumentRefused:
        return refusals.too_large(f"a picture on page {self._page} has {width} x {height} pixels")

    def _read(self, data: bytes, resources: dict[str, PdfValue], state: _State, depth: int) -> None:
        self._refuse_vast_inside(data)
        font, mode = state
        saved: list[_State] = []
        fonts: dict[str, int | Ref | None] = {}
        patterns = {""}
        for operator, operand in operations(data):
            self._operations_left -= 1
            if self._operations_left < 0:
                raise refusals.too_complex("its pages are drawn with too many steps")
            if isinstance(operand, list):
                if mode != INVISIBLE and font is not None:
                    self._show(font, operand, resources, depth)
            elif operator == "Tf":
                font = fonts[operand] if operand in fonts else self._named_font(resources, operand)
                fonts[operand] = font
            elif operator == "q":
                if len(saved) >= _MAX_SAVED_STATES:
                    raise refusals.too_complex(f"page {self._page} saves too many graphics states")
                saved.append(_State(font, mode))
            elif operator == "Q":
                font, mode = saved.pop() if saved else (font, mode)
            elif operator == "Tr":
                mode = operand
            elif operator == "gs":
                font = self._extended(resources, operand, depth) or font
            elif operator != "scn":
                self._paint(operator, operand, resources, _State(font, mode), depth)
            elif operand not in patterns:
                patterns.add(operand)
                self._paint_with(resources, operand, depth)

    def _paint(self, operator: str, name: str, resources: dict[str, PdfValue], state: _State, depth: int) -> None:
        if operator == "Do":
            self._draw(resources, name, state, depth)
        elif operator == "OC":
            self._refuse_layer(self._resource(resources, "Properties", name))

    def _resource(self, resources: dict[str, PdfValue], category: str, name: str) -> PdfValue:
        return self._source.dictionary(resources.get(category)).get(name)

    def _refuse_layer(self, value: PdfValue) -> None:
        if self._source.name(self._source.dictionary(value).get("Type")) in ("OCG", "OCMD"):
            raise refusals.optional_content(f"page {self._page}")

    def _named_font(self, resources: dict[str, PdfValue], name: str) -> int | Ref | None:
        value = self._resource(resources, "Font", name)
        return value if isinstance(value, Ref) and value in self.uses else self._font(value)

    def _font(self, value: PdfValue) -> int | Ref | None:
        entries = self._source.dictionary(value)
        if not entries:
            return None
        key = value if isinstance(value, Ref) else id(entries)
        if key not in self.uses:
            if len(self.uses) >= self._source.limits.fonts:
                raise refusals.too_complex("it has too many fonts")
            self._kept.append(entries)  # an id stays this dictionary's only while the dictionary lives
            self.uses[key] = FontUse(open_font(self._source, entries))
        return key

    def _show(self, key: int | Ref, strings: list[bytes], resources: dict[str, PdfValue], depth: int) -> None:
        use = self.uses[key]
        if use.font.glyph_procedures and not use.pages and not use.fresh:
            own = use.font.resources or resources
            for procedure in use.font.glyph_procedures:
                self._read_form(procedure, own, _State(), depth)
        use.fresh += strings
        if len(use.fresh) > _FOLD_AFTER:
            use.fold(self._page)

    def _draw(self, resources: dict[str, PdfValue], name: str, state: _State, depth: int) -> None:
        drawn = self._source.stream(self._resource(resources, "XObject", name))
        if drawn is None:
            return
        self._refuse_external(drawn.entries)
        self._refuse_vast(drawn.entries)
        for part in ("SMask", "Mask"):
            mask = self._source.dictionary(drawn.entries.get(part))
            self._refuse_external(mask)
            self._refuse_vast(mask)
        if "OC" in drawn.entries:
            self._refuse_layer(drawn.entries["OC"])
        if self._source.name(drawn.entries.get("Subtype")) == "Form":
            self._read_form(drawn, resources, state, depth)

    def _read_form(self, form: Stream, resources: dict[str, PdfValue], state: _State, depth: int) -> None:
        resources = self._source.dictionary(form.entries.get("Resources")) or resources
        key = (form.start, id(resources), state)
        if key in self._read_forms:
            return
        if depth >= _MAX_FORM_DEPTH:
            raise refusals.too_complex(f"page {self._page} nests drawings too deeply")
        self._read_forms.add(key)
        self._kept.append(resources)
        self._read(self._content(form, self._source.limits.page_content_bytes), resources, state, depth + 1)

    def _extended(self, resources: dict[str, PdfValue], name: str, depth: int) -> int | Ref | None:
        """Read the mask of an ExtGState entry, and return the font it selects, if any (8.4.5)."""
        entries = self._source.dictionary(self._resource(resources, "ExtGState", name))
        mask = self._source.stream(self._source.dictionary(entries.get("SMask")).get("G"))
        if mask is not None:
            self._read_form(mask, resources, _State(), depth)
        font = self._source.array(entries.get("Font"))
        return self._font(font[0]) if font else None

    def _paint_with(self, resources: dict[str, PdfValue], name: str, depth: int) -> None:
        pattern = self._source.stream(self._resource(resources, "Pattern", name))
        if pattern is not None and self._source.integer(pattern.entries.get("PatternType")) == 1:
            self._read_form(pattern, resources, _State(), depth)
