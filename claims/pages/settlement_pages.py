"""The settlement: losses and liability are typed in, the table says what is paid and how, before anybody decides.

The sentences of the table come as the handler types, while the customer is on the phone.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from flask import Response, jsonify, request
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as AnyResponse

from claims.domain import Claim
from claims.domain import commands as c
from claims.domain.refusal import refusal as domain_refusal
from claims.errors import ClaimRefused
from claims.handling.sight import require_seen
from claims.pages import words as w
from claims.pages.claim_pages import vocabulary
from claims.pages.list_pages import HERE
from claims.pages.sending import led_on, refused_json, sent, wants_json
from claims.pages.showing import ClaimShown, Showing
from claims.pages.tool_pages import about_of, form_id
from claims.pages.tool_shown import opens
from claims.refusals import refused
from claims.service.office import Office
from claims.service.settling import Settling
from claims.settlement.settling import Accident, Settled
from claims.settlement.table import Loss
from claims.settlement.telling import COVERS, words_of
from claims.tools.fields import NOT_A_NUMBER, FieldWrong, Value, fen_typed
from claims.tools.filing import Filing, Made
from claims.tools.tool import USERS, Tool
from esign.public.console import N_, Entry, RoomConsole, caller, only, page, words

ENTRIES: Final[tuple[Entry, ...]] = ()
SENTENCES: Final[Mapping[str, str]] = {"claims-adjudicated": N_("理算已完成。")}
_TO: Final = only(*sorted(USERS[Tool.SETTLEMENT]))


def declare(console: RoomConsole, office: Office) -> None:
    """Declare it."""
    filing, settling, showing = Filing(office), Settling(office), Showing(office)

    @console.page(f"/<claim>/{Tool.SETTLEMENT.value}", to=_TO)
    def claims_settlement(claim: str) -> Response:
        return _shown(office, showing, claim)

    @console.form(f"/<claim>/{Tool.SETTLEMENT.value}", to=_TO)
    def claims_adjudicate(claim: str) -> AnyResponse:
        who, about = caller(), request.form.get("about", "")
        accident, wrong = _typed()
        try:
            if accident is None:
                raise refused("form-unclear", tuple(wrong))
            said: dict[str, Value] = {
                **{loss.value: fen for loss, fen in accident.losses.items()},
                "fault": accident.fault,
            }
            said |= {"salvage": accident.salvage, "other_car": accident.other_car, "subrogates": accident.subrogates}

            def made(session: Session, made: Made) -> Sequence[c.Command]:
                if made.state.assessment is None or made.state.assessment.id != about:
                    raise domain_refusal("another-assessment")
                return [settling.adjudication(session, made.state, accident, by=who.member)]

            new = filing.file(who, claim, Tool.SETTLEMENT, sent(office.house.clock()), said, made)
        except ClaimRefused as refusal:
            if wants_json():
                return refused_json(refusal, wrong)
            if w.status_of(refusal) == 404:
                raise
            return _shown(office, showing, claim, refusal, wrong)
        return led_on(f"{HERE}/{claim}", "claims-adjudicated", again=not new)

    @console.form(f"/<claim>/{Tool.SETTLEMENT.value}/try", to=_TO)
    def claims_try_settlement(claim: str) -> AnyResponse:
        accident, wrong = _typed()
        try:
            with office.house.database.reading() as session:
                require_seen(session, caller(), claim)
                if accident is None:
                    raise refused("form-unclear", tuple(wrong))
                settled = settling.compute(session, office.get(session, claim), accident)
        except ClaimRefused as refusal:
            if wants_json():
                return refused_json(refusal, wrong)
            if w.status_of(refusal) == 404:
                raise
            return _shown(office, showing, claim, refusal, wrong)
        if wants_json():
            return jsonify(_told(settled))
        return _shown(office, showing, claim, tried=settled)


def _told(settled: Settled) -> dict[str, object]:
    return {
        "fen": w.in_yuan(settled.fen),
        "covers": [[w.text_of(COVERS[cover]), w.in_yuan(fen)] for cover, fen in settled.covers],
        "steps": [w.text_of(words_of(step)) for step in settled.steps],
        "uncovered": [words().say(w.LOSSES[loss.value]) for loss in settled.uncovered],
        "recoverable": w.in_yuan(settled.recoverable) if settled.recoverable else "",
    }


def _typed() -> tuple[Accident | None, dict[str, str]]:
    """Return the accident as it was typed in, None where something is wrong with it, and what is."""
    form, losses = request.form, dict[Loss, int]()
    wrong: dict[str, str] = {}

    def fen(name: str) -> int:
        try:
            return fen_typed(form.get(name, "")) or 0
        except FieldWrong as error:
            wrong[name] = str(error)
            return 0

    for loss in Loss:
        if amount := fen(loss.value):
            losses[loss] = amount
    salvage, typed = fen("salvage"), form.get("fault", "").strip()
    fault = int(typed) if typed.isascii() and typed.isdigit() and len(typed) <= 3 else -1
    if not 0 <= fault <= 100:
        wrong["fault"] = NOT_A_NUMBER
    if wrong:
        return None, wrong
    other_car, subrogates = form.get("other_car") == "yes", form.get("subrogates") == "yes"
    return Accident(losses, fault, salvage, other_car, subrogates), wrong


def _suggested(one: ClaimShown, state: Claim) -> Mapping[str, str]:
    """Return what the form begins with: what was assessed, surveyed and reported."""
    assessment, survey = state.assessment, state.survey
    found = {"fault": "" if survey is None or survey.fault is None else str(survey.fault)}
    if assessment is not None:
        found |= {Loss.OWN_VEHICLE.value: _plain(assessment.vehicle), Loss.OWN_INJURY.value: _plain(assessment.injury)}
    if one.report is not None and one.report.other_plate is not None:
        found["other_car"] = "yes"
    return found


def _plain(fen: int) -> str:
    return f"{fen // 100}.{fen % 100:02d}" if fen else ""


def _shown(
    office: Office,
    showing: Showing,
    claim: str,
    refusal: ClaimRefused | None = None,
    wrong: Mapping[str, str] | None = None,
    tried: Settled | None = None,
) -> Response:
    who = caller()
    with office.house.database.reading() as session:
        one = showing.of(session, who, claim)
    return page(
        "claims_settlement.html",
        200 if refusal is None else w.status_of(refusal),
        one=one,
        state=one.state,
        tool=Tool.SETTLEMENT,
        losses=w.LOSSES,
        tried=None if tried is None else _told(tried),
        is_open=opens(who, Tool.SETTLEMENT, one.state),
        about=about_of(one, Tool.SETTLEMENT),
        form=form_id(office, refused=refusal is not None),
        opened=int(office.house.clock().timestamp()),
        typed=request.form or _suggested(one, one.state),
        wrong=wrong or {},
        said=None if refusal is None else w.said_of(refusal),
        **vocabulary(),
    )
