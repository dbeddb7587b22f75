"""The forms of the tools whose fields are declared: a page for each, filed once, also when it is sent late."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias

from flask import Response, request
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as AnyResponse

from claims.domain import commands as c
from claims.domain.values import SurveyWay
from claims.errors import ClaimRefused
from claims.handling.texts import RETAKE
from claims.pages import words as w
from claims.pages.claim_pages import vocabulary
from claims.pages.list_pages import HERE
from claims.pages.sending import form_sent, led_on, refused_json, sent, wants_json
from claims.pages.showing import ClaimShown, Showing
from claims.pages.tool_shown import opens
from claims.refusals import refused
from claims.selfservice.inviting import Inviting
from claims.service.office import Office
from claims.tools.fields import FieldWrong, Value, fen_typed, read
from claims.tools.filing import CommandsOf, Filing, Made, Sent, new_form
from claims.tools.forms import FORMS
from claims.tools.seen import injury_told, papers_told, survey_told
from claims.tools.tool import USERS, Tool
from esign.public.console import N_, Caller, Entry, RoomConsole, caller, only, page
from esign.public.rows import new_id

ENTRIES: Final[tuple[Entry, ...]] = ()
SENTENCES: Final[Mapping[str, str]] = {
    "claims-survey-filed": N_("查勘表已提交，案件转到定损。"),
    "claims-self-service-filed": N_("查勘方式已改。"),
    "claims-injury-filed": N_("人伤表已提交。"),
    "claims-recovery-filed": N_("追偿已登记。"),
    "claims-large-loss-filed": N_("大案已上报。"),
    "claims-special-investigation-filed": N_("调查结果已提交。"),
    "claims-imaging-filed": N_("已请客户补拍。"),
    "claims-recovered": N_("追回的款项已登记。"),
    "claims-recovery-closed": N_("追偿已结束。"),
}
SEEN, PAPERS, RECEIPT = "see", "spa", "rct"
"""What begins the ids of what a form made: the rest is the form's own."""
_PATH: Final = f"/<claim>/<any({','.join(repr(one.value) for one in FORMS)}):name>"
_ROLES: Final = only(*sorted({role for tool in FORMS for role in USERS[tool]}))


@dataclass(frozen=True)
class Asked:
    """What a form asks for: by whom, about which part of the claim, what it says and how it came."""

    who: Caller
    about: str
    said: Mapping[str, Value]
    sent: Sent


CommandsMade: TypeAlias = Callable[[Office, Asked], CommandsOf]


def declare(console: RoomConsole, office: Office) -> None:
    """Declare them."""
    filing, showing = Filing(office), Showing(office)

    @console.page(_PATH, to=_ROLES)
    def claims_tool(claim: str, name: str) -> Response:
        return shown_tool(office, showing, claim, Tool(name))

    @console.form(_PATH, to=_ROLES)
    def claims_file_tool(claim: str, name: str) -> AnyResponse:
        tool = Tool(name)
        said, wrong = read(FORMS[tool], request.form)
        try:
            if wrong:
                raise refused("form-unclear", tuple(wrong))
            asked = Asked(caller(), request.form.get("about", ""), said, sent(office.house.clock()))
            new = filing.file(asked.who, claim, tool, asked.sent, said, _COMMANDS[tool](office, asked))
        except ClaimRefused as refusal:
            return _refused(office, showing, claim, tool, refusal, wrong)
        return led_on(f"{HERE}/{claim}", f"claims-{name}-filed", again=not new)

    @console.form("/<claim>/recovered", to=_ROLES)
    def claims_recovered(claim: str) -> AnyResponse:
        return _recovery_act(office, showing, filing, claim, "claims-recovered", _recovered)

    @console.form("/<claim>/recovery-closed", to=_ROLES)
    def claims_recovery_closed(claim: str) -> AnyResponse:
        return _recovery_act(office, showing, filing, claim, "claims-recovery-closed", _recovery_closed)


def _recovery_act(
    office: Office, showing: Showing, filing: Filing, claim: str, code: str, made: CommandsMade
) -> AnyResponse:
    """File what came in, or that no more will: both are forms of the recovery, with a field or two."""
    try:
        said: dict[str, Value] = {"fen": fen_typed(request.form.get("fen", "")), "reason": request.form.get("reason")}
        asked = Asked(caller(), request.form.get("about", ""), said, sent(office.house.clock()))
        new = filing.file(
            asked.who, claim, Tool.RECOVERY, asked.sent, {"about": asked.about, **said}, made(office, asked)
        )
    except FieldWrong as wrong:
        return _refused(office, showing, claim, Tool.RECOVERY, refused("form-unclear"), {"received": str(wrong)})
    except ClaimRefused as refusal:
        return _refused(office, showing, claim, Tool.RECOVERY, refusal, {})
    return led_on(f"{HERE}/{claim}", code, again=not new)


def _surveyed(office: Office, asked: Asked) -> CommandsOf:
    fault, said, by, tail = str(asked.said["fault"]), asked.said, asked.who.member, asked.sent.tail

    def made(session: Session, made: Made) -> Sequence[c.Command]:
        report, policy = office.report_of(session, made.state), office.policy_of(session, made.state)
        return [
            survey_told(said, f"{SEEN}_{tail}", at=made.at, by=by, report=report, policy=policy),
            papers_told(said, f"{PAPERS}_{tail}", at=made.at, by=by),
            c.RecordSurvey(
                at=made.at,
                survey=asked.about,
                record=made.record,
                digest=made.digest,
                fault=int(fault) if fault.isdigit() else None,
                device=asked.sent.device,
                by=by,
            ),
        ]

    return made


def _injury(office: Office, asked: Asked) -> CommandsOf:
    def made(session: Session, made: Made) -> Sequence[c.Command]:
        before = sum(one.tool is Tool.INJURY for one in Filing(office).of(session, made.claim))
        seen = f"{SEEN}_{asked.sent.tail}"
        return [injury_told(asked.said, seen, at=made.at, by=asked.who.member, people=before + 1)]

    return made


def _changed_survey(_office: Office, asked: Asked) -> CommandsOf:
    def made(_session: Session, made: Made) -> Sequence[c.Command]:
        if made.state.survey is None or made.state.survey.id != asked.about:
            raise refused("survey-changed")
        way, reason = SurveyWay(str(asked.said["way"])), str(asked.said["reason"])
        return [c.ChangeSurvey(at=made.at, survey=new_id("svy", made.at), way=way, reason=reason, by=asked.who.member)]

    return made


def _recovery(_office: Office, asked: Asked) -> CommandsOf:
    fen = asked.said["fen"]

    def made(_session: Session, made: Made) -> Sequence[c.Command]:
        recovery, whole = new_id("rcv", made.at), fen if isinstance(fen, int) else 0
        return [c.OpenRecovery(at=made.at, recovery=recovery, against=made.record, fen=whole, by=asked.who.member)]

    return made


def _recovered(_office: Office, asked: Asked) -> CommandsOf:
    fen = asked.said["fen"]

    def made(_session: Session, made: Made) -> Sequence[c.Command]:
        whole = fen if isinstance(fen, int) else 0
        receipt = f"{RECEIPT}_{asked.sent.tail}"
        return [c.RecordRecovered(at=made.at, recovery=asked.about, receipt=receipt, fen=whole, by=asked.who.member)]

    return made


def _recovery_closed(_office: Office, asked: Asked) -> CommandsOf:
    reason = str(asked.said["reason"])
    if reason not in w.RECOVERY_ENDS:
        raise refused("form-unclear", ("reason",))
    return lambda _session, made: [
        c.CloseRecovery(at=made.at, recovery=asked.about, reason=reason, by=asked.who.member)
    ]


def _retake(office: Office, asked: Asked) -> CommandsOf:
    """The customer is told, in the transaction that files the form."""

    def made(session: Session, made: Made) -> Sequence[c.Command]:
        person = Inviting(office).customer(session, made.claim)
        house, because = office.house, asked.sent.form
        house.messages.tell(session, RETAKE, person, about=made.claim, because=because, at=made.at)
        return []

    return made


def _alone(_office: Office, _asked: Asked) -> CommandsOf:
    """A form that leads to nothing but what people make of it."""
    return lambda _session, _made: []


_COMMANDS: Final[Mapping[Tool, CommandsMade]] = {
    Tool.SURVEY: _surveyed,
    Tool.SELF_SERVICE: _changed_survey,
    Tool.INJURY: _injury,
    Tool.RECOVERY: _recovery,
    Tool.LARGE_LOSS: _alone,
    Tool.INVESTIGATION: _alone,
    Tool.IMAGING: _retake,
}


def _refused(
    office: Office, showing: Showing, claim: str, tool: Tool, refusal: ClaimRefused, wrong: Mapping[str, str]
) -> AnyResponse:
    if wants_json():
        return refused_json(refusal, wrong)
    if w.status_of(refusal) == 404:
        raise refusal
    return shown_tool(office, showing, claim, tool, said=w.said_of(refusal), status=w.status_of(refusal), wrong=wrong)


def shown_tool(
    office: Office,
    showing: Showing,
    claim: str,
    tool: Tool,
    *,
    said: str | None = None,
    status: int = 200,
    wrong: Mapping[str, str] | None = None,
) -> Response:
    """Return the page of a tool with its form; `said` is what is the matter, if something is."""
    who = caller()
    with office.house.database.reading() as session:
        one = showing.of(session, who, claim)
    return page(
        "claims_tool.html",
        status,
        one=one,
        state=one.state,
        tool=tool,
        sections=FORMS[tool],
        is_open=opens(who, tool, one.state),
        about=about_of(one, tool),
        form=form_id(office, refused=said is not None),
        opened=int(office.house.clock().timestamp()),
        typed=request.form,
        wrong=wrong or {},
        said=said,
        recovery_ends=w.RECOVERY_ENDS,
        new_form=lambda: new_form(office),
        **vocabulary(),
    )


def form_id(office: Office, *, refused: bool) -> str:
    """Return the id of the form in the page: the same while it is corrected, since it was not taken yet."""
    if refused and request.method == "POST":
        try:
            return form_sent()
        except ClaimRefused:
            return new_form(office)
    return new_form(office)


def about_of(one: ClaimShown, tool: Tool) -> str:
    """Return which part of the claim a form is about, so that one that is sent late cannot be taken for another."""
    if tool in (Tool.SURVEY, Tool.SELF_SERVICE):
        return "" if one.state.survey is None else one.state.survey.id
    if tool is Tool.SETTLEMENT:
        return "" if one.state.assessment is None else one.state.assessment.id
    return ""
