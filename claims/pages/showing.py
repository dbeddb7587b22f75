"""What the page of one claim shows: as much as the caller's role needs, read in one look."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final, TypeVar

from sqlalchemy.orm import Session

from claims.domain import Claim, Move, next_moves
from claims.domain.values import LineKind
from claims.handling.sight import require_seen, sees_whole
from claims.loss_report import LossReport
from claims.models import ClaimRow
from claims.motor_policy import MotorPolicy
from claims.pages.story_words import HAPPENED, WRITTEN, details_of
from claims.parts.files import load_parts
from claims.payment.payees import Payee, parse_payee
from claims.pictures.store import KeptPicture, Pictures
from claims.risk.errors import ScoringFailed
from claims.rules_in_force import clocks_of, deadlines_of, limits_of
from claims.service.explaining import ExplainedScore, scores_of
from claims.service.office import Office
from claims.service.settling import Settling, Shown
from claims.settlement.settling import Step
from claims.settlement.table import Cover
from claims.settlement.telling import COVERS, words_of
from claims.sheets import named
from claims.tools.filing import Filed, Filing
from claims.tools.tool import Tool
from claims.wording import Words
from esign.public.console import Caller, Role, member_name
from esign.public.events import Event, plain_payload, read_stream
from esign.public.people import ERASED_TEXT, RecordErased

ASSESSED: Final = "claim.assessed"
_OF_A_SURVEY: Final = (
    *("reported", "triaged", "taken", "handed-over", "person-asked"),
    *("call-back-asked", "call-back-taken", "called-back"),
    *("papers-asked", "papers-received", "papers-waived", "papers-seen", "picture-added", "picture-checked"),
    *("form-filed", "device-revoked", "survey-taken", "survey-reassigned", "survey-changed", "surveyed", "survey-seen"),
    *("surveyor-sent", "survey-declined", "nobody-free", "injury-seen", "shop-seen", "joined", "absorbed", "withdrawn"),
)
_OF_A_PRICE: Final = (
    *("reported", "assessed", "verified", "supplement-opened", "adjudicated", "offer-made"),
    *("price-disputed", "dispute-passed", "dispute-answered"),
)
_TOLD_TO: Final[Mapping[Role, frozenset[str]]] = {
    Role.SURVEYOR: frozenset(f"claim.{one}" for one in _OF_A_SURVEY),
    Role.QUOTATION: frozenset(f"claim.{one}" for one in _OF_A_PRICE),
}
"""What of the story they are told who do not see the whole: the surveyor no score and no money, the desk prices."""
MASKED_AFTER: Final = 4
T = TypeVar("T")


@dataclass(frozen=True)
class Running:
    """A clock that runs: what it is called, when it ends, and how many seconds are left, fewer than none when over."""

    words: Words
    due: datetime
    left: int
    owner: str
    law: str | None


@dataclass(frozen=True)
class AssessedLine:
    """A line of the assessment of now, with what the catalogue calls it."""

    item: str
    words: Words
    kind: LineKind
    quantity: int
    fen: int


@dataclass(frozen=True)
class Told:
    """A step of the story. `by` is a name, `words` what somebody wrote."""

    type: str
    said: str
    at: datetime
    details: Sequence[str]
    by: str | None = field(repr=False)
    words: str | None = field(repr=False)


@dataclass(frozen=True)
class ClaimShown:
    """A claim as its page has it; members that the caller's role does not need are empty, or None."""

    row: ClaimRow
    state: Claim
    whole: bool
    report: LossReport | None = field(repr=False)
    policy: MotorPolicy | None = field(repr=False)
    handler: str | None = field(repr=False)
    surveyor: str | None = field(repr=False)
    moves: Sequence[Move]
    clocks: Sequence[Running]
    lines: Sequence[AssessedLine]
    covers: Sequence[tuple[Words, int]]
    trace: Sequence[Words]
    offer: Shown | None
    tier: Words | None
    payee: Payee | None = field(repr=False)
    scores: Sequence[ExplainedScore]
    unscored: bool
    forms: Sequence[Filed]
    pictures: Sequence[KeptPicture]
    story: Sequence[Told]

    @property
    def account(self) -> str:
        """The payee's account, of which the last four digits are left."""
        return "" if self.payee is None else f"**** {self.payee.account[-MASKED_AFTER:]}"


class Showing:
    """Reads it."""

    def __init__(self, office: Office) -> None:
        self._office = office
        self._settling, self._filing, self._pictures = Settling(office), Filing(office), Pictures(office)

    def of(self, session: Session, who: Caller, claim: str) -> ClaimShown:
        """Return the claim as the caller sees it. Raises `ClaimRefused` (`no-claim`)."""
        office, records = self._office, self._office.house.records
        row, state = require_seen(session, who, claim), self._office.get(session, claim)
        whole = sees_whole(who)
        told = frozenset[str]().union(*(types for role, types in _TOLD_TO.items() if role in who.roles))
        events = read_stream(session, claim)
        survey = None if state.survey is None else state.survey.surveyor
        scores, failed = self._scores(session, claim) if whole else ([], False)
        return ClaimShown(
            row=row,
            state=state,
            whole=whole,
            report=_unless_erased(lambda: office.report_of(session, state)),
            policy=_unless_erased(lambda: office.policy_of(session, state)),
            handler=None if state.handler is None else member_name(session, records, state.handler),
            surveyor=None if survey is None else member_name(session, records, survey),
            moves=next_moves(state),
            clocks=self._clocks(session, state),
            lines=_lines(events),
            covers=[]
            if state.settlement is None
            else [(COVERS[Cover(one.cover)], one.fen) for one in state.settlement.covers],
            trace=self._trace(session, state) if whole else (),
            offer=_unless_erased(lambda: self._settling.shown(session, state)) if whole and state.settlement else None,
            tier=next((one.words for one in limits_of(state).tiers if one.code == row.tier), None),
            payee=self._payee(session, state) if whole else None,
            scores=scores,
            unscored=failed,
            forms=[one for one in self._filing.of(session, claim) if whole or one.tool in (Tool.SURVEY, Tool.INJURY)],
            pictures=self._pictures.of(session, claim),
            story=list(reversed([self._told(session, one) for one in events if whole or one.type in told])),
        )

    def _clocks(self, session: Session, state: Claim) -> list[Running]:
        clocks, now = clocks_of(state), self._office.now(session, state)
        found = []
        for one in deadlines_of(state):
            clock = clocks.get(one.clock)
            left = int((one.due - now).total_seconds())
            found.append(Running(clock.words, one.due, left, one.owner.value, clock.statutory))
        return found

    def _trace(self, session: Session, state: Claim) -> list[Words]:
        """Return the steps of the settlement of now, as sentences; they were kept when it was adjudicated."""
        if state.settlement is None:
            return []
        try:
            told = json.loads(self._office.house.records.read(session, state.settlement.trace))
        except RecordErased:
            return []
        return [words_of(step_of(one)) for one in told["steps"]]

    def _payee(self, session: Session, state: Claim) -> Payee | None:
        if state.payee is None:
            return None
        record = state.payee.record
        return _unless_erased(lambda: parse_payee(self._office.house.records.read(session, record)))

    @staticmethod
    def _scores(session: Session, claim: str) -> tuple[Sequence[ExplainedScore], bool]:
        """Return the scores, and whether they cannot be explained any more: the rules' version is gone."""
        try:
            return scores_of(session, claim), False
        except ScoringFailed:
            return [], True

    def _told(self, session: Session, event: Event) -> Told:
        records, payload = self._office.house.records, plain_payload(event)
        by, written = payload.get("by"), payload.get(WRITTEN.get(event.type, ""))
        text = None
        if written is not None:
            try:
                text = _words_of(records.read(session, str(written)))
            except RecordErased:
                text = ERASED_TEXT
        return Told(
            event.type,
            HAPPENED.get(event.type, event.type),
            event.time,
            details_of(event.type, payload),
            None if by is None else member_name(session, records, str(by)),
            text or None,
        )


def step_of(told: Mapping[str, Any]) -> Step:
    """Return a step of a settlement as its trace has it."""
    return Step(Cover(told["cover"]), told["rule"], told["before"], told["after"], told["number"])


def _lines(events: Sequence[Event]) -> list[AssessedLine]:
    """Return the lines of the newest assessment."""
    assessed = [plain_payload(one) for one in events if one.type == ASSESSED]
    if not assessed:
        return []
    catalogue = named(load_parts(), assessed[-1]["catalogue"])
    found = []
    for line in assessed[-1]["lines"]:
        item = catalogue.find(line["item"])
        called = Words(line["item"], line["item"]) if item is None else item.words
        found.append(AssessedLine(line["item"], called, LineKind(line["kind"]), line["quantity"], line["fen"]))
    return found


def _words_of(kept: bytes) -> str:
    """Return the words of a record: as staff wrote them, or as the customer's phone sent them, among other data."""
    text = kept.decode()
    try:
        told = json.loads(text)
    except ValueError:
        return text
    return str(told.get("words", "")) if isinstance(told, dict) else text


def _unless_erased(read: Callable[[], T]) -> T | None:
    """Return what is read, None where its record was erased."""
    try:
        return read()
    except RecordErased:
        return None
