"""The codes that business people tune (`delivery/data/reasons.json`): why it is late, what came of a call.

Each has words in both languages, and the day from which it is in use; one that is not used any more has its last day
and stays, since events name it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cache
from importlib.resources import files
from typing import Final

from delivery.domain.refusal import refusal
from delivery.errors import DeliveryDataBroken

FILE: Final = "reasons.json"
_MEMBERS: Final = frozenset({"code", "zh", "en", "from", "until"})


class ReasonKind(StrEnum):
    """What a code is about; the value is its member in the file."""

    LATE = "late"
    CALL = "call"
    REFUSED = "refused"
    SETTLED = "settled"
    STRAY = "stray"


@dataclass(frozen=True)
class Reason:
    code: str
    zh: str
    en: str
    from_on: date
    until: date | None

    def is_used_on(self, day: date) -> bool:
        return self.from_on <= day and (self.until is None or day <= self.until)


@dataclass(frozen=True)
class Reasons:
    """All reasons there ever were, by kind and in the order of the file."""

    kinds: Mapping[ReasonKind, Mapping[str, Reason]]

    def on(self, kind: ReasonKind, day: date) -> tuple[Reason, ...]:
        """Return those to choose from on a day."""
        return tuple(one for one in self.kinds[kind].values() if one.is_used_on(day))

    def find(self, kind: ReasonKind, code: str) -> Reason | None:
        """Return the reason of a code, in use or not, None where there never was one."""
        return self.kinds[kind].get(code)

    def require(self, kind: ReasonKind, code: str, day: date) -> Reason:
        """Return the reason, which must be in use on the day. Raises `DeliveryRefused` (`delivery-no-code`)."""
        found = self.find(kind, code)
        if found is None or not found.is_used_on(day):
            raise refusal("delivery-no-code")
        return found


@cache
def load_reasons() -> Reasons:
    """Return the reasons of the file. Raises `DeliveryDataBroken`."""
    return read_reasons(files("delivery").joinpath("data", FILE).read_text("utf-8"))


def read_reasons(text: str) -> Reasons:
    """Return the reasons in this text. Raises `DeliveryDataBroken` (`reasons-malformed`)."""
    try:
        kinds = {ReasonKind(name): _reasons(entries) for name, entries in json.loads(text).items()}
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise DeliveryDataBroken(
            "reasons-malformed", f"{FILE} is no table of reasons", "restore it in delivery/data"
        ) from error
    return Reasons({kind: kinds.get(kind, {}) for kind in ReasonKind})


def _reasons(entries: list[Mapping[str, str | None]]) -> Mapping[str, Reason]:
    found = [_reason(entry) for entry in entries]
    if len({one.code for one in found}) != len(found):
        raise ValueError("a code is there twice")
    return {one.code: one for one in found}


def _reason(entry: Mapping[str, str | None]) -> Reason:
    if entry.keys() != _MEMBERS or not all(entry[name] for name in ("code", "zh", "en", "from")):
        raise ValueError("not the members of a reason")
    until = entry["until"]
    return Reason(
        str(entry["code"]),
        str(entry["zh"]),
        str(entry["en"]),
        date.fromisoformat(str(entry["from"])),
        None if until is None else date.fromisoformat(until),
    )
