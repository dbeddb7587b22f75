"""The words of pages: Chinese in the code and the templates, English in `data/en`, chosen for each request.

Chinese is the message id, so a page reads as what it says. There is a catalogue for each kind of pages; they are read
when the process starts, and nothing compiled is kept beside them.
"""

from __future__ import annotations

import io
from collections.abc import Mapping
from datetime import date, datetime, timedelta, timezone
from functools import cache
from gettext import GNUTranslations, NullTranslations
from importlib.resources import files
from typing import Final, Literal, TypeAlias

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

Language: TypeAlias = Literal["zh-CN", "en"]
CHINESE: Final[Language] = "zh-CN"
ENGLISH: Final[Language] = "en"
BEIJING: Final = timezone(timedelta(hours=8))


def N_(message: str) -> str:  # the name by which catalogues are extracted everywhere
    """Mark a message that is said later; return it as it is."""
    return message


class Words:
    """What is said in one language."""

    def __init__(self, language: Language, catalogue: NullTranslations) -> None:
        self.language = language
        self._catalogue = catalogue

    @property
    def other(self) -> Language:
        """The language that one can switch to."""
        return ENGLISH if self.language == CHINESE else CHINESE

    def say(self, message: str, **values: object) -> str:
        """Return the message in this language, with the values in it."""
        said = self._catalogue.gettext(message) if message else ""
        return said % values if values else said.replace("%%", "%")

    def gettext(self, message: str) -> str:
        """Return the message as it stands in the catalogue, for templates, which fill in the values themselves."""
        return self._catalogue.gettext(message)

    def choose(self, zh: str, en: str) -> str:
        """Return the one of two texts that is in this language."""
        return zh if self.language == CHINESE else en

    def moment(self, at: datetime) -> str:
        """Return day and time of day in Beijing; that it is Beijing's is said beside it."""
        local = at.astimezone(BEIJING)
        if self.language == CHINESE:
            return f"{local.month} 月 {local.day} 日 {local:%H:%M}"
        return f"{local.day} {_MONTHS[local.month - 1]} {local.year}, {local:%H:%M}"

    def day(self, day: date) -> str:
        """Return a day."""
        if self.language == CHINESE:
            return f"{day.year} 年 {day.month} 月 {day.day} 日"
        return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"

    def second(self, at: datetime) -> str:
        """Return date and time to the second in Beijing, without the offset."""
        return f"{at.astimezone(BEIJING):%Y-%m-%d %H:%M:%S}"


@cache
def words_in(language: Language, rooms: tuple[str, ...] = ()) -> Words:
    """Return the words of a language, with those of the rooms of these packages. Raises `ValueError` for a message
    that two catalogues say differently."""
    return Words(language, NullTranslations() if language == CHINESE else _english(rooms))


def language_of(told: str | None) -> Language | None:
    """Return the language that a locale or a form names, None where it names none of ours."""
    if told is None:
        return None
    plain = told.lower()
    if plain.startswith("zh"):
        return CHINESE
    return ENGLISH if plain.startswith("en") else None


def english_messages() -> Mapping[str, str]:
    """Return what the English catalogues have, by the Chinese message. Raises `ValueError` for one that is in two."""
    return {str(entry.id): str(entry.string) for entry in _english_catalogue() if entry.id}


def _english_catalogue(rooms: tuple[str, ...] = ()) -> Catalog:
    whole = Catalog(locale="en")
    for package in ("esign.web", *rooms):
        folder = files(package) / "data" / "en"
        for file in sorted(folder.iterdir(), key=lambda one: one.name) if folder.is_dir() else ():
            for entry in read_po(io.BytesIO(file.read_bytes()), locale="en"):
                if not entry.id:
                    continue
                if entry.id in whole and (package == "esign.web" or whole[entry.id].string != entry.string):
                    raise ValueError(f"{entry.id!r} is in two catalogues")
                whole.add(entry.id, entry.string, flags=entry.flags)
    return whole


def _english(rooms: tuple[str, ...]) -> GNUTranslations:
    compiled = io.BytesIO()
    write_mo(compiled, _english_catalogue(rooms))
    compiled.seek(0)
    return GNUTranslations(compiled)


_MONTHS: Final = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
