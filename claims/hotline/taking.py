"""An agent takes a report on the telephone: what the form says, checked, and reported once however often it is sent."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from claims.domain.values import ENDS, ReportWay
from claims.hotline.searching import Searching
from claims.loss_report import CAUSES, LossReport
from claims.models import ClaimRow
from claims.service.office import Office
from claims.service.registering import Register
from claims.service.reporting import Reporting
from claims.typed import fen_typed, moment_typed
from esign.public.console import Caller, staff_actor
from esign.public.rows import new_id

NEAR: Final = timedelta(days=2)
"""Reports of one policy that lie so close together may be of one event: the agent is shown the other."""
PLACE_AT_MOST, WHAT_AT_MOST, NAME_AT_MOST, PHONE_AT_MOST = 200, 2000, 60, 16
YUAN_AT_MOST: Final = 10_000_000
_TOKEN: Final = re.compile(r"hot_[0-9a-z]{16,40}", re.ASCII)
_PHONE: Final = re.compile(r"\+?[0-9]{5,15}", re.ASCII)


@dataclass(frozen=True)
class Known:
    """Another claim of the policy, near in time."""

    id: str
    state: str
    occurred_at: datetime
    reported_at: datetime


class Taking:
    """Takes reports of the hotline."""

    def __init__(self, office: Office, searching: Searching) -> None:
        self._office = office
        self._searching = searching
        self._reporting = Reporting(office, Register(office.house))

    def token(self) -> str:
        """Return what a form carries so that it is taken once."""
        return new_id("hot", self._office.house.clock())

    def near(self, session: Session, number: str) -> list[Known]:
        """Return the claims of a policy that may be of the same event: open ones, and those of the last days."""
        row = ClaimRow
        since = self._office.house.clock() - NEAR
        chosen = (
            select(row)
            .where(row.policy == number, row.state.not_in([one.value for one in ENDS]) | (row.reported_at >= since))
            .order_by(row.reported_at.desc())
            .limit(10)
        )
        return [Known(one.id, one.state, one.occurred_at, one.reported_at) for one in session.scalars(chosen)]

    def report(self, who: Caller, number: str, typed: Mapping[str, str]) -> str:
        """Take the report; return the claim's id, of the first one where the same form comes again.

        Raises `ClaimRefused`, and `ReportWrong` with the names of the fields that are wanting.
        """
        token = typed.get("token", "")
        wrong = set() if _TOKEN.fullmatch(token) else {"token"}
        with self._office.house.database.reading() as session:
            policy, _ = self._searching.one(session, who, number)
            now = self._office.house.clocks.now(session, policy.client)
        report, lacking = read_report(number, typed, now)
        if report is None or wrong or lacking:
            raise ReportWrong(frozenset(wrong | lacking))
        taken = self._reporting.report(
            policy.client,
            report,
            external_id=f"hotline-{token}",
            actor=staff_actor(who.member),
            by=who.member,
        )
        return taken.claim


class ReportWrong(Exception):  # it is what was typed that is wrong
    """What was typed is no report; `fields` are the names of what is wanting."""

    def __init__(self, fields: frozenset[str]) -> None:
        super().__init__(", ".join(sorted(fields)))
        self.fields = fields


def read_report(number: str, typed: Mapping[str, str], now: datetime) -> tuple[LossReport | None, set[str]]:
    """Return the report that a form says, or the names of the fields that are wanting. Pure."""

    def text(name: str, at_most: int) -> str:
        return " ".join(typed.get(name, "").split())[:at_most]

    occurred, estimate = _moment(typed.get("occurred_at", "")), yuan_typed(typed.get("estimate", ""))
    phone = "".join(text("phone", 40).split()).replace("-", "")
    wanted = {
        "occurred_at": occurred is not None and occurred <= now,
        "place": bool(text("place", PLACE_AT_MOST)),
        "cause": typed.get("cause") in CAUSES,
        "what": bool(text("what", WHAT_AT_MOST)),
        "reporter": bool(text("reporter", NAME_AT_MOST)),
        "phone": bool(_PHONE.fullmatch(phone)),
        "driver": bool(text("driver", NAME_AT_MOST)),
        "estimate": estimate is not None,
    }
    lacking = {name for name, there in wanted.items() if not there}
    if lacking or occurred is None or estimate is None:
        return None, lacking
    report = LossReport(
        policy=number,
        way=ReportWay.HOTLINE,
        occurred_at=occurred,
        place=text("place", PLACE_AT_MOST),
        cause=typed["cause"],
        what=text("what", WHAT_AT_MOST),
        reporter=text("reporter", NAME_AT_MOST),
        phone=phone,
        driver=text("driver", NAME_AT_MOST),
        injured=typed.get("injured") == "yes",
        third_party=typed.get("third_party") == "yes",
        estimate=estimate,
        other_plate=text("other_plate", PHONE_AT_MOST) or None,
    )
    return report, set()


def _moment(typed: str) -> datetime | None:
    """Return the moment that a field says in China's time, None where it says none."""
    try:
        return moment_typed(typed)
    except ValueError:
        return None


def yuan_typed(typed: str) -> int | None:
    """Return an amount in yuan as fen, None for what is none."""
    try:
        return fen_typed(typed, yuan_at_most=YUAN_AT_MOST)
    except ValueError:
        return None
