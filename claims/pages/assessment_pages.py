"""Loss assessment: lines of the catalogue with the prices of the car's class, quantities, a sum that runs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from flask import Response, request
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as AnyResponse

from claims.domain import commands as c
from claims.domain.values import day_of
from claims.errors import ClaimRefused
from claims.pages import words as w
from claims.pages.claim_pages import vocabulary
from claims.pages.list_pages import HERE
from claims.pages.sending import led_on, refused_json, sent, wants_json
from claims.pages.showing import Showing
from claims.pages.tool_pages import form_id
from claims.pages.tool_shown import opens
from claims.parts.catalogue import QUANTITY_AT_MOST, Catalogue, lines_of
from claims.parts.files import load_parts
from claims.refusals import refused
from claims.service.office import Office
from claims.sheets import in_force
from claims.tools.fields import NOT_A_NUMBER, FieldWrong, Value, fen_typed
from claims.tools.filing import Filed, Filing, Made
from claims.tools.injury_form import cost_of
from claims.tools.tool import USERS, Tool
from esign.public.console import N_, Entry, RoomConsole, caller, only, page
from esign.public.rows import new_id

ENTRIES: Final[tuple[Entry, ...]] = ()
SENTENCES: Final[Mapping[str, str]] = {"claims-assessed": N_("定损已提交，由别人核损。")}
AREAS: Final[Mapping[str, str]] = {
    "front": N_("前部"),
    "rear": N_("后部"),
    "left": N_("左侧"),
    "right": N_("右侧"),
    "side": N_("侧面和玻璃"),
    "wheels": N_("车轮"),
    "body": N_("钣金和喷漆"),
    "other": N_("其他"),
}
"""What the areas of the catalogue are called, in the order in which they are shown; others come after these."""
BEFORE: Final = "quantity-"
_TO: Final = only(*sorted(USERS[Tool.ASSESSMENT]))


def declare(console: RoomConsole, office: Office) -> None:
    """Declare it."""
    filing, showing = Filing(office), Showing(office)

    @console.page(f"/<claim>/{Tool.ASSESSMENT.value}", to=_TO)
    def claims_assessment(claim: str) -> Response:
        return _shown(office, showing, claim)

    @console.form(f"/<claim>/{Tool.ASSESSMENT.value}", to=_TO)
    def claims_assess(claim: str) -> AnyResponse:
        who, wrong = caller(), dict[str, str]()
        wanted, injury = _typed(wrong)
        try:
            if wrong:
                raise refused("form-unclear", tuple(wrong))

            def made(session: Session, made: Made) -> Sequence[c.Command]:
                catalogue = catalogue_of(office, session, made)
                car = office.policy_of(session, made.state).car.car_class
                return [
                    c.Assess(
                        at=made.at,
                        assessment=new_id("ass", made.at),
                        catalogue=catalogue.version,
                        lines=lines_of(catalogue, car, wanted),
                        injury=injury,
                        by=who.member,
                    )
                ]

            said: dict[str, Value] = {"lines": tuple(f"{code} {count}" for code, count in wanted), "injury": injury}
            new = filing.file(who, claim, Tool.ASSESSMENT, sent(office.house.clock()), said, made)
        except ClaimRefused as refusal:
            if wants_json():
                return refused_json(refusal, wrong)
            if w.status_of(refusal) == 404:
                raise
            return _shown(office, showing, claim, refusal, wrong)
        return led_on(f"{HERE}/{claim}", "claims-assessed", again=not new)


def catalogue_of(office: Office, session: Session, made: Made) -> Catalogue:
    """Return the catalogue in force now, as the claim's client sees the time. Raises `ClaimDataBroken`."""
    return in_force(load_parts(), day_of(office.now(session, made.state)))


def _typed(wrong: dict[str, str]) -> tuple[list[tuple[str, int]], int]:
    """Return the items with their quantities, and the injury in fen; what is wrong with them goes into `wrong`."""
    wanted = []
    for name, text in request.form.items():
        if not name.startswith(BEFORE) or text.strip() in ("", "0"):
            continue
        plain = text.strip()
        if not (plain.isascii() and plain.isdigit() and len(plain) <= 4 and int(plain) <= QUANTITY_AT_MOST):
            wrong[name] = NOT_A_NUMBER
            continue
        wanted.append((name.removeprefix(BEFORE), int(plain)))
    try:
        injury = fen_typed(request.form.get("injury", "")) or 0
    except FieldWrong as error:
        wrong["injury"], injury = str(error), 0
    return wanted, injury


def injury_of(forms: Sequence[Filed]) -> int:
    """Return what the injuries cost that were filed, in fen."""
    return sum(cost_of(one.said) for one in forms if one.tool is Tool.INJURY and one.said is not None)


def _shown(
    office: Office,
    showing: Showing,
    claim: str,
    refusal: ClaimRefused | None = None,
    wrong: Mapping[str, str] | None = None,
) -> Response:
    who = caller()
    with office.house.database.reading() as session:
        one = showing.of(session, who, claim)
        now = office.now(session, one.state)
    catalogue = in_force(load_parts(), day_of(now))
    areas = {**AREAS, **{item.area: item.area for item in catalogue.items if item.area not in AREAS}}
    before = {} if one.state.assessment is None else {line.item: line.quantity for line in one.lines}
    return page(
        "claims_assessment.html",
        200 if refusal is None else w.status_of(refusal),
        one=one,
        state=one.state,
        tool=Tool.ASSESSMENT,
        areas=[(called, [item for item in catalogue.items if item.area == area]) for area, called in areas.items()],
        car=None if one.policy is None else one.policy.car.car_class,
        before=before,
        injury=injury_of(one.forms),
        is_open=opens(who, Tool.ASSESSMENT, one.state),
        form=form_id(office, refused=refusal is not None),
        opened=int(office.house.clock().timestamp()),
        typed=request.form,
        wrong=wrong or {},
        said=None if refusal is None else w.said_of(refusal),
        quantity_at_most=QUANTITY_AT_MOST,
        **vocabulary(),
    )
