"""The languages of a report, and the catalogues of what is said in them.

English is the message: the verifier's sentences and the labels of the templates are written in it. Chinese stands in
`data/zh-CN/*.po`; words that belong to a code (of a finding, of a state) stand in both languages in `data/*.toml`.
"""

from __future__ import annotations

import io
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta, timezone
from functools import cache
from importlib.resources import files
from typing import Final, Literal, TypeAlias

from babel.messages.pofile import read_po

Language: TypeAlias = Literal["zh-CN", "en"]
CHINESE: Final[Language] = "zh-CN"
ENGLISH: Final[Language] = "en"
LANGUAGES: Final[tuple[Language, ...]] = (CHINESE, ENGLISH)
SENTENCES: Final = "sentences"
LABELS: Final = "labels"
DATA: Final = files("esign.verify.reports") / "data"
_BEIJING: Final = timezone(timedelta(hours=8))


@cache
def chinese(catalogue: str) -> Mapping[str, str]:
    """Return a catalogue, Chinese by the English message. Raises `ValueError` where a message is said twice."""
    said: dict[str, str] = {}
    for entry in read_po(io.BytesIO((DATA / "zh-CN" / f"{catalogue}.po").read_bytes()), locale="zh_CN"):
        if not entry.id:
            continue
        if entry.id in said:
            raise ValueError(f"{entry.id!r} is in the catalogue twice")
        said[str(entry.id)] = str(entry.string)
    return said


class Labels:
    """What the report itself says, in one language."""

    def __init__(self, language: Language) -> None:
        self.language = language
        self._catalogue = chinese(LABELS) if language == CHINESE else {}

    def say(self, message: str, **values: object) -> str:
        """Return the message in this language with the values in the places that their names have in it."""
        return self._catalogue.get(message, message).format(**values)

    def moment(self, at: datetime) -> str:
        """Return date and time to the second with the offset: Beijing's, which both parties of a contract live by."""
        return f"{at.astimezone(_BEIJING):%Y-%m-%d %H:%M:%S}"

    def utc(self, at: datetime) -> str:
        """Return the same moment in UTC, as RFC 3339."""
        return f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
