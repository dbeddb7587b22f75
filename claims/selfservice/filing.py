"""A loss is reported on the phone: a few questions with sensible answers ready, and the report that they make.

What is typed is read here, and refused question by question in words; nothing is kept before all of it is good.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from claims.domain.values import ENDS, INSURERS_ZONE, ReportWay
from claims.errors import ClaimRefused
from claims.loss_report import LossReport
from claims.models import ClaimName, ClaimRow
from claims.motor_policy import MotorPolicy
from claims.risk.places import Place
from claims.selfservice.inviting import Inviting
from claims.selfservice.models import InvitationToReport
from claims.service.office import Office
from claims.service.registering import Register
from claims.service.reporting import Reporting
from claims.typed import moment_typed
from claims.wording import Words
from esign.public.events import retried
from esign.public.people import RecordErased
from esign.public.work import log_for

ACTOR: Final = "customer"
_log = log_for(__name__)
TEXT_AT_MOST: Final = 200
EARLIEST: Final = timedelta(days=60)
"""So long ago a loss may have happened that is reported on the phone; the hotline takes older ones."""
NEAR: Final = timedelta(hours=12)
"""Two losses of one policy that happened so close together are asked about."""
CAUSES: Final[Mapping[str, Words]] = {
    "scratch": Words("刮擦：墙、柱子、树、护栏", "scraped a wall, a post, a tree or a rail"),
    "parked": Words("停着时被碰，找不到对方", "hit while parked, nobody there"),
    "collision": Words("碰撞", "hit something or somebody"),
    "rear-end": Words("追尾", "ran into the back of another car"),
    "glass": Words("玻璃破了", "broken glass"),
    "other": Words("其他", "something else"),
}
ESTIMATES: Final[Mapping[str, tuple[int, Words]]] = {
    "little": (150_000, Words("不到 2000 元", "less than 2,000 yuan")),
    "some": (400_000, Words("2000 到 5000 元", "2,000 to 5,000 yuan")),
    "more": (800_000, Words("5000 到 1 万元", "5,000 to 10,000 yuan")),
    "much": (2_000_000, Words("1 万元以上", "more than 10,000 yuan")),
    "unsure": (300_000, Words("说不准", "I cannot tell")),
}
"""What the customer thinks it costs, in fen: it chooses the way, and is not what is paid."""
_PLATE: Final = re.compile(r"[\w\-·.]{4,12}")
_POSITION: Final = re.compile(r"(-?[0-9]{1,3}\.[0-9]{1,15}),(-?[0-9]{1,3}\.[0-9]{1,15})", re.ASCII)
_UNKNOWN: Final = frozenset({"不详", "unknown"})
WRONG: Final[Mapping[str, Words]] = {
    "when": Words(
        "请填出险时间：不晚于现在，60 天以内。", "Say when it happened: not in the future, and within 60 days."
    ),
    "place": Words("请填在哪里出的事，例如路名和路口。", "Say where it happened, such as the road and crossing."),
    "driver": Words("请填当时开车的人的姓名。", "Give the name of who drove."),
    "cause": Words("请选一项最接近的。", "Choose what is closest."),
    "other_plate": Words("请填对方的车牌；不知道可以填“不详”。", "Give the other car's plate, or “unknown”."),
}


@dataclass(frozen=True)
class Draft:
    """What somebody typed: as it stands, and the report that it makes; `wrong` are the questions to look at again."""

    typed: Mapping[str, str] = field(repr=False)
    report: LossReport | None
    wrong: Mapping[str, Words]


def read_draft(form: Mapping[str, str], policy: MotorPolicy, way: ReportWay, now: datetime) -> Draft:
    """Return what a form says of a loss on a policy. Pure; `now` is aware."""
    typed = {name: form.get(name, "").strip()[:TEXT_AT_MOST] for name in _NAMES}
    occurred, wrong = _moment(typed["when"]), {}
    if occurred is None or not now - EARLIEST <= occurred <= now + timedelta(minutes=5):
        wrong["when"] = WRONG["when"]
    if len(typed["place"]) < 2:
        wrong["place"] = WRONG["place"]
    insured_drove = typed["drove"] != "other"
    if not insured_drove and not typed["driver"]:
        wrong["driver"] = WRONG["driver"]
    if typed["cause"] not in CAUSES:
        wrong["cause"] = WRONG["cause"]
    other_car = typed["other_car"] == "yes"
    unknown = typed["other_plate"].lower() in _UNKNOWN
    if other_car and not unknown and not _PLATE.fullmatch(typed["other_plate"]):
        wrong["other_plate"] = WRONG["other_plate"]
    if wrong or occurred is None:
        return Draft(typed, None, wrong)
    insured = policy.insured
    plate = typed["other_plate"].upper() if other_car and not unknown else None
    report = LossReport(
        policy=policy.number,
        way=way,
        occurred_at=min(occurred, now),
        place=typed["place"],
        cause=typed["cause"],
        what=typed["what"],
        reporter=insured.name,
        phone=insured.phone,
        driver=insured.name if insured_drove else typed["driver"][:60],
        injured=typed["injured"] == "yes",
        third_party=other_car,
        estimate=ESTIMATES.get(typed["estimate"], ESTIMATES["unsure"])[0],
        other_plate=plate,
        located=_located(typed["located"]),
    )
    return Draft(typed, report, {})


_NAMES: Final = (
    *("when", "place", "drove", "driver", "cause", "what", "injured", "other_car", "other_plate", "estimate"),
    *("anyway", "located"),
)


def ready(now: datetime) -> dict[str, str]:
    """Return the answers that stand there before anybody typed: now, the insured drove, nobody hurt."""
    local = now.astimezone(INSURERS_ZONE)
    return {
        **dict.fromkeys(_NAMES, ""),
        "when": f"{local:%Y-%m-%dT%H:%M}",
        "drove": "insured",
        "injured": "no",
        "other_car": "no",
        "estimate": "unsure",
    }


def _located(typed: str) -> tuple[int, int] | None:
    """Return where the phone said that it is, in millionths of a degree; None for anything else: nobody types it, and
    then it was not observed."""
    found = _POSITION.fullmatch(typed)
    if found is None:
        return None
    try:
        return Place(float(found[1]), float(found[2])).millionths
    except ValueError:  # not on the map
        return None


def _moment(typed: str) -> datetime | None:
    try:
        return moment_typed(typed)
    except ValueError:
        return None


class Filing:
    """Takes reports by invitations."""

    def __init__(self, office: Office) -> None:
        self._office = office
        self._house = office.house
        self._register = Register(office.house)
        self._reporting = Reporting(office, self._register)

    def invitation(self, session: Session, invitation: str) -> InvitationToReport:
        """Return an invitation. Raises `NoResultFound` where there is none."""
        return session.get_one(InvitationToReport, invitation)

    def policy(self, session: Session, row: InvitationToReport) -> MotorPolicy:
        """Return the policy that an invitation is about, as it is now. Raises `ClaimRefused`, `RecordErased`."""
        return self._register.find(session, row.client, row.policy).policy

    def now(self, session: Session, row: InvitationToReport) -> datetime:
        """Return the time as the policy's client sees it."""
        return self._house.clocks.now(session, row.client)

    def same_event(self, session: Session, row: InvitationToReport, occurred_at: datetime) -> list[ClaimRow]:
        """Return claims of this policy whose loss happened close to that moment: perhaps it is told twice."""
        near = ClaimRow.occurred_at.between(occurred_at - NEAR, occurred_at + NEAR)
        chosen = select(ClaimRow).where(ClaimRow.policy == row.policy, ClaimRow.client == row.client, near)
        chosen = chosen.where(ClaimRow.state.not_in(("withdrawn", "joined")))
        return list(session.scalars(chosen.order_by(ClaimRow.reported_at.desc()).limit(3)))

    def running(self, session: Session, row: InvitationToReport) -> list[ClaimRow]:
        """Return claims of this policy that have not ended, the newest first: who lost a link comes here."""
        chosen = select(ClaimRow).where(ClaimRow.policy == row.policy, ClaimRow.client == row.client)
        chosen = chosen.where(ClaimRow.state.not_in(sorted(one.value for one in ENDS)))
        return list(session.scalars(chosen.order_by(ClaimRow.reported_at.desc()).limit(3)))

    def send_links(self, invitation: str) -> int:
        """Send the links of these claims again, to the phone that the policy has; return for how many.

        Asked again by the same invitation, nothing more is sent, and as many are told. A claim that reaches nobody is
        left out, and told in the log.
        """
        with self._house.database.transaction() as session:
            inviting, sent = Inviting(self._office), 0
            for claim in self.running(session, self.invitation(session, invitation)):
                try:
                    inviting.invite(session, claim.id, because=f"{invitation}:{claim.id}")
                except (ClaimRefused, RecordErased) as refused:
                    _log.failed("a link is not sent again", refused, record=claim.id)
                else:
                    sent += 1
            return sent

    def file(self, invitation: str, report: LossReport) -> str:
        """Take the report; return the claim. However often it is sent, one invitation makes one claim.

        Raises `ClaimRefused` (`no-motor-policy`, `motor-policy-not-in-force`, `loss-in-future`).
        """
        with self._house.database.reading() as session:
            row = self.invitation(session, invitation)
            client, known = row.client, row.claim or self._made(session, row)
        claim = known or self._reporting.report(client, report, external_id=invitation, actor=ACTOR).claim

        def bound(session: Session) -> None:
            row = session.get_one(InvitationToReport, invitation, with_for_update=True)
            if row.claim is None:
                row.claim = claim
                Inviting.bind(session, claim, row.person)

        retried(self._house.database, bound)
        return claim

    @staticmethod
    def _made(session: Session, row: InvitationToReport) -> str | None:
        """The claim of a try that fell before it was bound."""
        return session.scalar(
            select(ClaimName.claim).where(ClaimName.client == row.client, ClaimName.external_id == row.id)
        )
