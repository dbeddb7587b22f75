"""What viewers draw by themselves: fields that have no appearance, and all fields where the form asks for it.

The form's DA and Q are how such fields look (ISO 32000-2 clause 12.7.4.3 and table 224), its fonts are what they are
written in, and NeedAppearances makes viewers draw every field from its value, whatever it showed when it was signed.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Final

from esign.verify.changes.change import Change, ChangeKind
from esign.verify.changes.comparison import Comparison
from esign.verify.errors import LimitReached, Malformed
from esign.verify.reading.fields import Field, text_string
from esign.verify.reading.lexer import Lexer
from esign.verify.reading.objects import PdfDict, PdfValue, Stream
from esign.verify.reading.revision import Revision

_STRING: Final = re.compile(rb"\((?:[^()\\]|\\.)*+\)|<[0-9A-Fa-f\s]*+>", re.DOTALL)
_FONT_IN_USE: Final = re.compile(
    rb"/([^\x00\t\n\x0c\r ()<>\[\]{}/%]++)[\x00\t\n\x0c\r ]++[-+.\d]++[\x00\t\n\x0c\r ]++Tf"
)
_PASSWORD: Final = 1 << 13
_LOOKED_AT: Final = 1 << 16
_TYPED: Final = frozenset({"Tx", "Ch"})
Pairs = Iterable[tuple[Field, Field]]


def look_changes(comparison: Comparison, kept: Pairs) -> Iterator[Change]:
    """Return the fields of `kept` (each before and after) that look otherwise because the form does.

    Raises `LimitReached`.
    """
    old, new = comparison.old, comparison.new
    before, after = _form(old), _form(new)
    looks = [key for key in ("DA", "Q") if comparison.difference(before.get(key), after.get(key), f"AcroForm/{key}")]
    asks = after.get("NeedAppearances") is True
    asks_now = asks and before.get("NeedAppearances") is not True
    fonts = _fonts(new) - _fonts(old)
    if not (looks or fonts or asks_now):
        return
    for earlier, field in kept:
        if (
            field.kind not in _TYPED
            or not new.resolve(field.value)
            or comparison.difference(earlier.value, field.value, "V")
        ):
            continue
        drawn = asks or not all(_appearance(new, new.dictionary(widget)) for widget in field.widgets)
        for key in looks:
            if drawn and not _has_its_own(new, field, key):
                yield Change(ChangeKind.APPEARANCE_ALONE, f"AcroForm/{key}", field.name)
        if drawn and not fonts.isdisjoint(_fonts_named(new, field, after.get("DA"))):
            yield Change(ChangeKind.APPEARANCE_ALONE, "AcroForm/DR/Font", field.name)
        if asks_now and not _shows_its_value(old, earlier):
            yield Change(ChangeKind.APPEARANCE_ALONE, "AcroForm/NeedAppearances", field.name)


def _form(revision: Revision) -> PdfDict:
    form = revision.dictionary(revision.catalog.get("AcroForm"))
    return {key: revision.resolve(form.get(key)) for key in ("DA", "Q", "NeedAppearances")}


def _has_its_own(revision: Revision, field: Field, key: str) -> bool:
    """Whether the field, what it is under, or each of its widgets says how it looks."""
    if key in field.dictionary or any(key in revision.dictionary(parent) for parent in field.parents):
        return True
    return bool(field.widgets) and all(key in revision.dictionary(widget) for widget in field.widgets)


def _fonts(revision: Revision) -> frozenset[str]:
    """The names of the form's fonts."""
    form = revision.dictionary(revision.catalog.get("AcroForm"))
    return frozenset(revision.dictionary(revision.dictionary(form.get("DR")).get("Font")))


def _fonts_named(revision: Revision, field: Field, default: PdfValue) -> set[str]:
    """The fonts that the field, what it is under, its widgets, or else the form's default name for it."""
    holders = [field.dictionary, *map(revision.dictionary, (*field.parents, *field.widgets))]
    looks = [revision.resolve(holder["DA"]) for holder in holders if "DA" in holder] or [default]
    return {
        found.decode("latin-1") for look in looks if isinstance(look, bytes) for found in _FONT_IN_USE.findall(look)
    }


def _appearance(revision: Revision, widget: PdfDict) -> Stream | None:
    found = revision.resolve(revision.dictionary(widget.get("AP")).get("N"))
    return found if isinstance(found, Stream) else None


def _shows_its_value(revision: Revision, field: Field) -> bool:
    """Whether what the field shows may be its value: no letter or digit of the value is missing in what is drawn.

    Formats add signs and put parts into another order. Text in fonts whose letters are not told by their bytes,
    passwords and values that are not text are not judged: the drawn pages are compared too.
    """
    value, flags = revision.resolve(field.value), revision.resolve(field.dictionary.get("Ff"))
    if not isinstance(value, bytes) or (isinstance(flags, int) and flags & _PASSWORD):
        return True
    wanted = Counter(filter(str.isalnum, text_string(value[:_LOOKED_AT])))
    for widget in field.widgets:
        shown = _drawn_text(revision, _appearance(revision, revision.dictionary(widget)))
        if shown is not None and wanted - Counter(filter(str.isalnum, shown)):
            return False
    return True


def _drawn_text(revision: Revision, appearance: Stream | None) -> str | None:
    """The strings of a content stream, or None if there are none that can be read as they stand."""
    if appearance is None:
        return None
    try:
        data = revision.decoded(appearance)[:_LOOKED_AT]
        lexer = Lexer(data, revision.file.limits, revision.file.budget)
        found = [lexer.read(string.start())[0] for string in _STRING.finditer(data)]
    except LimitReached:
        raise
    except Malformed:
        return None
    text = b"".join(string for string in found if isinstance(string, bytes))
    return text.decode("ascii") if text and text.isascii() and text.decode("ascii").isprintable() else None
