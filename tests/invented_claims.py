"""A year of invented claims, played through the domain and recorded in a service: enough for charts worth a look."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import zip_longest
from random import Random
from typing import Any, Final

from claims.domain import commands as c
from claims.domain.values import Agreement, CoverPart, Lane, Line, LineKind, ReportWay, SurveyWay
from claims.limits.catalogue import tier_of
from claims.limits.files import load_limits
from claims.service.office import Office
from tests.unit.claims.claim_play import HANDLER, LEAD, NOON, Play

POINTS: Final = ("R001", "R003", "R010", "R012", "R041", "R077", "R101")
TOOLS: Final = ("survey", "loss-assessment", "settlement", "imaging", "injury")
BLOCKED_ABOVE: Final = 20
LIMITS: Final = load_limits()[-1]
ENDS: Final = NOON - timedelta(days=6)
"""What is reported last is paid before today."""
DAYS: Final = 318
"""From January on: what is earlier has no limits and no clocks."""


class YearPlay(Play):
    """A claim whose ids no other claim of the year has, reported at a day of the year."""

    def __init__(self, number: int, begins: datetime, **report: Any) -> None:
        super().__init__({c.Report: {"record": f"crp_y{number}", **report}})
        self.now, self._number = begins, number

    def new_id(self, prefix: str) -> str:
        return f"{super().new_id(prefix)}y{self._number}"


def year_of_claims(count: int, institutions: Sequence[str | None], seed: int = 9, ends: datetime = ENDS) -> list[Play]:
    """Return so many claims, from the first limits in force until `ends`."""
    dice = Random(seed)  # noqa: S311  # the same year at each run
    return [_claim(dice, number, institutions, ends) for number in range(count)]


def record(office: Office, plays: Sequence[Play]) -> list[str]:
    """Give every command of these claims in the service, at its own time; return the claims' ids."""
    ids = [f"clm_year{number}" for number in range(len(plays))]
    for commands in zip_longest(*(play.given for play in plays)):
        wanted = {claim: (command,) for claim, command in zip(ids, commands, strict=True) if command is not None}
        office.claims.change_many(office.house.database, wanted, actor="tests")
    return ids


def _claim(dice: Random, number: int, institutions: Sequence[str | None], ends: datetime) -> Play:
    begins = ends - timedelta(days=dice.randrange(DAYS), minutes=dice.randrange(1440))
    fen = dice.choice((30_000, 80_000, 150_000, 260_000, 420_000, 780_000, 1_600_000)) + dice.randrange(20_000)
    small, vip, hotline = fen <= LIMITS.express_upto, dice.random() < 0.1, dice.random() < 0.3
    play = YearPlay(
        number,
        begins,
        institution=dice.choice(institutions),
        estimate=fen,
        vip=vip,
        injured=dice.random() < 0.06,
        way=ReportWay.HOTLINE if hotline else ReportWay.LINK,
        by=HANDLER if hotline else None,
    )
    play.go(c.Report)
    score = min(95, round(dice.expovariate(0.13)))
    to_people = score > BLOCKED_ABOVE
    points = tuple(dice.sample(POINTS, min(len(POINTS), score // 8)))
    hard = to_people and dice.random() < 0.15
    play.go(c.RecordScore, score=score, maximum=score, points=points, to_people=to_people, hard_stop=hard)
    lane = Lane.BLOCKED if to_people else Lane.VIP if vip else Lane.EXPRESS if small else Lane.ORDINARY
    self_service = small and not to_people and dice.random() < 0.8
    way = SurveyWay.SELF_SERVICE if self_service else SurveyWay.SURVEYOR
    play.later(seconds=5).go(c.Triage, lane=lane, way=way)
    if dice.random() < 0.04:
        return play.later(hours=dice.randrange(1, 20)).go(c.Withdraw)
    if dice.random() < 0.02:
        return play.later(minutes=3).go(c.Join)
    if to_people and not _let_go(dice, play):
        return play
    _assess(dice, play, fen, self_service)
    if play.now > ends or dice.random() < 0.02:
        return play
    return _settle(dice, play, fen)


def _let_go(dice: Random, play: Play) -> bool:
    """Have people look at a block; return whether the claim goes on."""
    if dice.random() < 0.1:
        return False
    released = dice.random() < 0.6
    play.later(hours=dice.randrange(1, 30)).go(c.ReviewBlock, released=released)
    if not released and dice.random() < 0.6:
        play.later(hours=4).go(c.Refuse)
        return False
    return True


def _assess(dice: Random, play: Play, fen: int, self_service: bool) -> None:
    if self_service:
        play.later(minutes=dice.randrange(2, 20)).go(c.AddPicture, by=None)
        play.later(minutes=1).go(c.RecordSurvey)
    else:
        play.later(minutes=dice.randrange(5, 60)).go(c.SendSurveyor).go(c.TakeSurvey)
        play.later(minutes=dice.randrange(20, 300)).go(c.FileForm, seconds=dice.randrange(60, 900)).go(c.RecordSurvey)
    play.later(minutes=dice.randrange(1, 15) if self_service else dice.randrange(10, 900))
    if not self_service:
        play.go(c.FileForm, tool=dice.choice(TOOLS[1:]), seconds=dice.randrange(60, 1200))
    lines = (Line(LineKind.PART, "front-bumper", 1, fen - 10_000), Line(LineKind.LABOUR, "paint-bumper", 1, 10_000))
    play.go(c.Assess, lines=lines).go(c.Verify)
    if not self_service and dice.random() < 0.15:
        play.go(c.AskQuotes)


def _settle(dice: Random, play: Play, fen: int) -> Play:
    tier = tier_of(LIMITS, fen)
    signed = tier.agreement is Agreement.SIGNATURE
    play.go(
        c.Adjudicate,
        fen=fen,
        covers=(CoverPart("vehicle", fen),),
        tier=tier.code,
        agreement=tier.agreement,
        approvals=tier.approvals,
        by="usr_other",
    )
    play.go(c.MakeOffer)
    if dice.random() < 0.05:
        play.later(minutes=30).go(c.Dispute).later(hours=dice.randrange(2, 20)).go(c.AnswerDispute)
    if signed:
        play.go(c.SendAgreement)
    play.later(minutes=round(dice.expovariate(0.03 if fen <= 500_000 else 0.004)) + 1).go(c.Agree).go(c.SetPayee)
    while play.claim.approvals_missing:
        play.later(minutes=dice.randrange(20, 600)).go(c.ApprovePayment)
    play.later(seconds=20).go(c.OrderPayment)
    if dice.random() < 0.03:
        return play.later(minutes=1).go(c.RecordPaymentFailed)
    play.later(seconds=dice.randrange(20, 200)).go(c.RecordPaid).later(seconds=1).go(c.Close)
    if dice.random() < 0.3:
        play.later(hours=1).go(c.Rate, stars=dice.choice((3, 4, 5, 5, 5)))
    if dice.random() < 0.02:
        play.later(days=2).go(c.Reopen, by=LEAD)
    return play
