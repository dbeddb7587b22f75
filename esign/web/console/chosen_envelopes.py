"""Which envelopes a list or an export is about, as an address or a form says: state, institution, words, time, place.

The words are sealed (`searched`); days are those of Beijing, both of them whole.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import Final

from esign.ceremony.domain.values import EnvelopeState
from esign.ceremony.signing_run import CHINA
from esign.desk.lists import Place, Wanted
from esign.infra.ids import is_id
from esign.infra.keystore import KeyStore
from esign.staff.actors import Caller
from esign.web.console.searched import unseal_words

CHOICES: Final = ("state", "institution", "find", "since", "until")
"""The names under which a choice stands in addresses and forms."""
_YEARS: Final = range(2000, 2200)
"""Before it there was no envelope, and clocks of other zones cannot tell some of its moments."""
_MOMENT: Final = "%Y%m%dT%H%M%S%f"


def wanted_in(given: Mapping[str, str], keys: KeyStore, caller: Caller) -> Wanted:
    """Return what is wanted; what is no state, day or place narrows nothing."""
    state, since, until = given.get("state", ""), day_in(given, "since"), day_in(given, "until")
    return Wanted(
        state=EnvelopeState(state) if state in set(EnvelopeState) else None,
        institution=given.get("institution") or None,
        words=unseal_words(keys, caller, given.get("find", "")),
        since=None if since is None else _begin_of(since),
        until=None if until is None else _begin_of(until + timedelta(days=1)),
        after=_place(given.get("after", "")),
    )


def choice_in(given: Mapping[str, str]) -> dict[str, str]:
    """Return the choice as it stands in addresses and forms, without what is empty, no day, or the place."""
    kept = {name: given.get(name, "") for name in CHOICES}
    for name in ("since", "until"):
        if day_in(given, name) is None:
            del kept[name]
    return {name: value for name, value in kept.items() if value}


def day_in(given: Mapping[str, str], name: str) -> date | None:
    """Return the day of this name, None where there is none."""
    try:
        day = date.fromisoformat(given.get(name, ""))
    except ValueError:
        return None
    return day if day.year in _YEARS else None


def place_text(place: Place) -> str:
    """Return where a page ended as it stands in an address."""
    return f"{place.at.astimezone(UTC):{_MOMENT}}.{place.id}"


def _begin_of(day: date) -> datetime:
    return datetime.combine(day, time(), CHINA).astimezone(UTC)


def _place(text: str) -> Place | None:
    moment, _, id_ = text.partition(".")
    try:
        at = datetime.strptime(moment, _MOMENT).replace(tzinfo=UTC)
    except ValueError:
        return None
    return Place(at, id_) if is_id("env", id_) and at.year in _YEARS else None
