"""The rules as data: how long each kind of record is kept, counted from what, and who says so.

Pure: bytes in, values out. A file is read strictly; one that does not say everything about a kind is refused, so that
nothing is kept for ever because a line was forgotten, and nothing erased because one was misspelt.
"""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from functools import cached_property
from importlib.resources import files
from pathlib import Path
from typing import Any, Final, NoReturn

from esign.retention.errors import RulesRefused
from esign.retention.periods import DAYS_AT_MOST, Period, working_days_after

SCHEMA: Final = "esign-retention/1"
USUAL: Final = "insurance-contract"
BYTES_AT_MOST: Final = 64 * 1024
_TEXT_AT_MOST: Final = 400


class Kind(StrEnum):
    """What is kept."""

    DOCUMENTS = "documents"
    EVIDENCE = "evidence"
    PHOTO = "photo"
    CERTIFICATES = "certificates"
    VERIFICATION_REPORT = "verification-report"
    PERSON_REQUEST = "person-request"


class Of(StrEnum):
    """Of which envelopes: a contract came of it, or none did."""

    COMPLETED = "completed"
    UNFINISHED = "unfinished"
    ANY = "any"


class Term(StrEnum):
    """For how long the contract insures: the class that 保险法 87 tells apart."""

    UP_TO_ONE_YEAR = "up-to-one-year"
    OVER_ONE_YEAR = "over-one-year"


class From(StrEnum):
    """From what the time is counted."""

    CONTRACT_END = "contract-end"
    ENVELOPE_OVER = "envelope-over"
    CERTIFICATE_END = "certificate-end"
    MADE = "made"


@dataclass(frozen=True)
class Said:
    """A text in both languages."""

    zh: str
    en: str


@dataclass(frozen=True)
class Rule:
    """One rule. `demanded`: a law demands keeping so long, so a request to erase becomes restriction till then."""

    kind: Kind
    of: Of
    term: Term | None
    counted_from: From
    keep: Period
    demanded: bool
    since: date
    source: Said

    def until(self, begun: date) -> date:
        """Return the last day of keeping, counted from that day."""
        return self.keep.after(begun)

    def is_over(self, begun: date, today: date) -> bool:
        return self.until(begun) < today


@dataclass(frozen=True)
class Promise:
    """Within how many working days a person's request is answered, and where the number comes from."""

    working_days: int
    source: Said
    days_off: frozenset[date]
    days_worked: frozenset[date]

    def due_on(self, received: date) -> date:
        return working_days_after(received, self.working_days, days_off=self.days_off, days_worked=self.days_worked)


@dataclass(frozen=True)
class Rules:
    """A file of rules; `digest` is SHA-256 of its bytes, in hexadecimal: what two people agreed to."""

    name: str
    version: int
    digest: str
    rules: tuple[Rule, ...]
    promise: Promise
    filing_at: int
    """At how many people with stored faces an authority is to be told."""
    filing_source: Said

    def for_(self, kind: Kind, of: Of, term: Term | None, today: date) -> Rule:
        """Return the rule in force. Raises `KeyError` if there is none: `parse_rules` has seen to it that there is."""
        return self._in_force(today)[kind, of, term]

    def in_force(self, today: date) -> Sequence[Rule]:
        """Return the rules that count on that day, one for each kind, class of envelope and term."""
        return tuple(self._in_force(today).values())

    def _in_force(self, today: date) -> Mapping[tuple[Kind, Of, Term | None], Rule]:
        chosen: dict[tuple[Kind, Of, Term | None], Rule] = {}
        for rule in self._oldest_first:
            if rule.since <= today:
                chosen[rule.kind, rule.of, rule.term] = rule
        return chosen

    @cached_property
    def _oldest_first(self) -> Sequence[Rule]:
        return sorted(self.rules, key=lambda rule: rule.since)


def usual_rules() -> Rules:
    """Return the rules that come with the product."""
    return parse_rules((files("esign.retention") / "data" / f"{USUAL}.toml").read_bytes())


def chosen_rules(named: str) -> Rules:
    """Return the rules that a setting names: those of the product by their name, else a file.

    Raises `RulesRefused` (`retention-rules-file`, and as `parse_rules` does).
    """
    if named == USUAL:
        return usual_rules()
    try:
        with Path(named).open("rb") as file:
            data = file.read(BYTES_AT_MOST + 1)
    except OSError as error:
        raise RulesRefused(
            "retention-rules-file", f"the file {named} cannot be read ({error.strerror})", "check retention.rules"
        ) from error
    return parse_rules(data)


def parse_rules(data: bytes) -> Rules:
    """Read a file of rules. Raises `RulesRefused` (`retention-rules`), which names the place."""
    if len(data) > BYTES_AT_MOST:
        _refuse(f"the file has more than {BYTES_AT_MOST} bytes")
    try:
        whole = tomllib.loads(data.decode("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError):
        raise _refused("the file is not TOML in UTF-8") from None
    _exactly(whole, {"schema", "name", "version", "answer", "faces", "rules"}, "the file")
    if whole["schema"] != SCHEMA:
        _refuse(f"the schema is not {SCHEMA}")
    answer, faces, listed = (
        _value(whole, name, kind) for name, kind in (("answer", dict), ("faces", dict), ("rules", list))
    )
    _exactly(answer, {"working_days", "source_zh", "source_en", "days_off", "days_worked"}, "answer")
    _exactly(faces, {"filing_at", "source_zh", "source_en"}, "faces")
    days = _whole(answer, "working_days", DAYS_AT_MOST)
    promise = Promise(days, _said(answer), _days(answer, "days_off"), _days(answer, "days_worked"))
    rules = tuple(_rule(one, f"rules[{number}]") for number, one in enumerate(listed))
    _require_complete(rules)
    return Rules(
        _text(whole, "name"),
        _whole(whole, "version", 10**6),
        hashlib.sha256(data).hexdigest(),
        rules,
        promise,
        _whole(faces, "filing_at", 10**9),
        _said(faces),
    )


NEEDED: Final = (
    *((kind, Of.COMPLETED, term, From.CONTRACT_END) for kind in (Kind.DOCUMENTS, Kind.EVIDENCE) for term in Term),
    *((kind, Of.UNFINISHED, None, From.ENVELOPE_OVER) for kind in (Kind.DOCUMENTS, Kind.EVIDENCE, Kind.PHOTO)),
    (Kind.PHOTO, Of.COMPLETED, None, From.ENVELOPE_OVER),
    (Kind.CERTIFICATES, Of.ANY, None, From.CERTIFICATE_END),
    (Kind.VERIFICATION_REPORT, Of.ANY, None, From.MADE),
    (Kind.PERSON_REQUEST, Of.ANY, None, From.MADE),
)
"""What a file must say, and from what each is counted."""


def _require_complete(rules: Sequence[Rule]) -> None:
    known = {(one.kind, one.of, one.term): one.counted_from for one in rules}
    for kind, of, term, counted_from in NEEDED:
        if known.get((kind, of, term)) is not counted_from:
            _refuse(f"there is no rule for {kind} of {of} ({term or 'any term'}) that counts from {counted_from}")
    strange = set(known) - {(kind, of, term) for kind, of, term, _from in NEEDED}
    if strange:
        _refuse(f"there is a rule for what is not kept so: {', '.join(sorted(str(one[0]) for one in strange))}")
    if any(one.counted_from is not known[one.kind, one.of, one.term] for one in rules):
        _refuse("two rules for the same are counted from different things")
    if len({(one.kind, one.of, one.term, one.since) for one in rules}) != len(rules):
        _refuse("two rules for the same begin on the same day")


def _rule(form: object, where: str) -> Rule:
    if not isinstance(form, dict):
        _refuse(f"{where} is no table")
    needed = {"kind", "of", "from", "keep", "demanded", "since", "source_zh", "source_en"}
    _exactly(form, needed | ({"term"} if "term" in form else set()), where)
    try:
        return Rule(
            Kind(_text(form, "kind")),
            Of(_text(form, "of")),
            Term(_text(form, "term")) if "term" in form else None,
            From(_text(form, "from")),
            Period.of(_text(form, "keep")),
            _value(form, "demanded", bool),
            _day(form["since"], f"{where}.since"),
            _said(form),
        )
    except ValueError as error:
        raise _refused(f"{where}: {error}") from error


def _exactly(form: Mapping[str, Any], names: set[str], where: str) -> None:
    if form.keys() != names:
        wrong = ", ".join(sorted(form.keys() ^ names))[:200]
        _refuse(f"{where} has not exactly its members: {wrong}")


def _value(form: Mapping[str, Any], name: str, kind: type[Any]) -> Any:
    value = form[name]
    if type(value) is not kind:
        _refuse(f"{name} is not of its type")
    return value


def _text(form: Mapping[str, Any], name: str) -> str:
    text: str = _value(form, name, str)
    if not (0 < len(text) <= _TEXT_AT_MOST and text.isprintable()):
        _refuse(f"{name} is not a line of 1 to {_TEXT_AT_MOST} characters")
    return text


def _said(form: Mapping[str, Any]) -> Said:
    return Said(_text(form, "source_zh"), _text(form, "source_en"))


def _whole(form: Mapping[str, Any], name: str, most: int) -> int:
    number: int = _value(form, name, int)
    if not 1 <= number <= most:
        _refuse(f"{name} is not between 1 and {most}")
    return number


def _days(form: Mapping[str, Any], name: str) -> frozenset[date]:
    return frozenset(_day(one, name) for one in _value(form, name, list))


def _day(value: object, where: str) -> date:
    if not isinstance(value, date) or isinstance(value, datetime):
        _refuse(f"{where} is no day such as 2026-01-31")
    return value


def _refused(cause: str) -> RulesRefused:
    return RulesRefused("retention-rules", cause, "mend the file; the product's own shows the form")


def _refuse(cause: str) -> NoReturn:
    raise _refused(cause)
