"""What is kept of people: totals, stored faces, what is due, one person, one envelope with its holds."""

from __future__ import annotations

from typing import Final

from flask import Response, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from esign.infra.search_index import ERASED_TEXT
from esign.retention.errors import RetentionRefused
from esign.retention.holds import WORDS_AT_MOST
from esign.retention.office import OFFICERS, READERS
from esign.retention.periods import day_of
from esign.retention.report import person_csv, totals_csv
from esign.staff.domain.roles import ApprovalKind
from esign.staff.errors import StaffRefused
from esign.web.console import retention_words as said
from esign.web.console.access import PREFIX, Console, only
from esign.web.console.callers import caller
from esign.web.console.console_services import ConsoleServices
from esign.web.console.envelope_words import ROLES
from esign.web.console.matter_pages import show_matter
from esign.web.console.notices import done
from esign.web.console.refusals import said_of, status_of
from esign.web.console.searched import seal_words, unseal_words
from esign.web.console.typed_hold import typed_hold
from esign.web.rendering import page, words
from esign.web.words import N_

HERE: Final = f"{PREFIX}/retention"
_LOOK: Final = only(*READERS)
_ACT: Final = only(*OFFICERS)
AT_MACHINE: Final = (ApprovalKind.EVIDENCE_ERASURE, ApprovalKind.ENVELOPE_KEY)
"""What officers ask for about an envelope that is done at the machine."""


def declare_retention_pages(console: Console, services: ConsoleServices) -> None:
    """Declare them."""
    office, keys = services.retention_office, services.service.ports.keys
    console.jinja_env.globals.update(
        until_words=said.until_words,
        year_words=said.year_words,
        source_of=said.source_of,
        kept_kinds=said.KINDS,
        hold_reasons=said.HOLD_REASONS,
        both=said.both,
        held_title=lambda subject: _held_title(services, subject),
        held_address=lambda subject: address_of(services, subject),
        title_of=lambda envelope: _title(services, envelope),
        recipient_role=lambda role: words().say(ROLES[role]),
    )

    @console.page("/retention", to=_LOOK)
    def retention() -> Response:
        return _overview(services)

    @console.page("/retention/totals.csv", to=_LOOK)
    def retention_totals() -> Response:
        return _csv(totals_csv(office.totals(caller())), "retention-totals")

    @console.form("/retention/find", to=_LOOK)
    def find_held() -> AnyResponse:
        name, phone = (request.form.get(field, "").strip() for field in ("name", "phone"))
        sealed = seal_words(keys, caller(), f"{name}\n{phone}")
        return redirect(url_for("held_on_person", find=sealed), 303)

    def asked_for() -> tuple[str, str]:
        name, _, phone = unseal_words(keys, caller(), request.args.get("find", "")).partition("\n")
        return name, phone

    @console.page("/retention/person", to=_LOOK)
    def held_on_person() -> Response:
        name, phone = asked_for()
        found = office.on_person(caller(), name=name or None, phone=phone or None)
        table = url_for("held_on_person_table", find=request.args.get("find", ""))
        return page("console_held_on.html", found=found, name=name, phone=phone, table=table, may_act=_may_act())

    @console.page("/retention/person.csv", to=_LOOK)
    def held_on_person_table() -> Response:
        name, phone = asked_for()
        return _csv(person_csv(office.on_person(caller(), name=name or None, phone=phone or None)), "held-on-person")

    @console.page("/retention/envelopes/<envelope>", to=_LOOK)
    def retained_envelope(envelope: str) -> Response:
        return _envelope(services, envelope)

    @console.form("/retention/envelopes/<envelope>/hold", to=_ACT)
    def set_hold(envelope: str) -> AnyResponse:
        typed = typed_hold(day_of(office.clock()))
        if typed.wrong is not None:
            return _envelope(services, envelope, words().say(typed.wrong), 422)
        try:
            office.set_hold(caller(), envelope, typed.reason, typed.words, typed.review_on)
        except RetentionRefused as refused:
            return _envelope(services, envelope, said.refused_words(refused), 409)
        return done(f"{HERE}/envelopes/{envelope}", "hold-set")

    @console.form("/retention/envelopes/<envelope>/ask-erasure", to=_ACT)
    def ask_envelope_erasure(envelope: str) -> AnyResponse:
        told = request.form.get("words", "").strip()
        if not told:
            return _envelope(services, envelope, words().say(_REASON), 422)
        try:
            approval = office.ask_erasure(caller(), envelope, told)
        except StaffRefused as refused:
            return _envelope(services, envelope, said_of(refused), status_of(refused))
        return done(f"{PREFIX}/approvals/{approval}", "asked")

    @console.form("/retention/envelopes/<envelope>/ask-machine", to=_ACT)
    def ask_at_machine(envelope: str) -> AnyResponse:
        chosen, told = request.form.get("kind", ""), request.form.get("words", "").strip()
        if not told or chosen not in AT_MACHINE:
            return _envelope(services, envelope, words().say(_REASON), 422)
        try:
            approval = office.ask_at_machine(caller(), ApprovalKind(chosen), envelope, told)
        except StaffRefused as refused:
            return _envelope(services, envelope, said_of(refused), status_of(refused))
        return done(f"{PREFIX}/approvals/{approval}", "asked")

    @console.form("/retention/ask-agreement", to=_ACT)
    def ask_agreement() -> AnyResponse:
        told = request.form.get("words", "").strip()
        if not told:
            return _overview(services, words().say(_REASON), 422)
        try:
            approval = office.ask_agreement(caller(), told)
        except StaffRefused as refused:
            return _overview(services, said_of(refused), status_of(refused))
        return done(f"{PREFIX}/approvals/{approval}", "asked")

    @console.form("/retention/holds/<hold>/ask-lift", to=_ACT)
    def ask_hold_lift(hold: str) -> AnyResponse:
        subject, told = office.hold(caller(), hold).subject, request.form.get("words", "").strip()
        if not told:
            return _held(services, subject, words().say(_REASON), 422)
        try:
            approval = office.ask_lift(caller(), hold, told)
        except StaffRefused as refused:
            return _held(services, subject, said_of(refused), status_of(refused))
        return done(f"{PREFIX}/approvals/{approval}", "asked")


_REASON: Final = N_("请写明理由，另一位同事要看。")


def _overview(services: ConsoleServices, refused: str | None = None, status: int = 200) -> Response:
    office = services.retention_office
    found = office.overview(caller(), sweeps=services.sweep_erases)
    return page("console_retention.html", status, one=found, rules=office.room.rules, may_act=_may_act(), said=refused)


def _envelope(services: ConsoleServices, envelope: str, refused: str | None = None, status: int = 200) -> Response:
    found = services.retention_office.keeping(caller(), envelope)
    return page(
        "console_retained.html",
        status,
        one=found,
        title=_title(services, envelope),
        said=refused,
        may_act=_may_act(),
        at_machine=AT_MACHINE,
        words_at_most=WORDS_AT_MOST,
        names=_names(services, envelope),
    )


def _held(services: ConsoleServices, subject: str, refused: str, status: int) -> Response:
    """Return the page of what is held, with what is wrong."""
    if not services.retention_office.room.matters.has(subject):
        return _envelope(services, subject, refused, status)
    return show_matter(services, subject, refused, status)


def address_of(services: ConsoleServices, subject: str) -> str:
    """Return the address of the page on keeping an envelope or a matter."""
    if services.retention_office.room.matters.has(subject):
        return url_for("kept_matter", matter=subject)
    return url_for("retained_envelope", envelope=subject)


def _held_title(services: ConsoleServices, subject: str) -> str:
    office = services.retention_office
    if not office.room.matters.has(subject):
        return _title(services, subject)
    with office.database.reading() as session:
        return said.both(office.room.matters.get(session, subject, office.clock()).name)


def _csv(content: bytes, name: str) -> Response:
    answer = Response(content, content_type="text/csv; charset=utf-8")
    answer.headers["Content-Disposition"] = f"attachment; filename={name}.csv"
    return answer


def _may_act() -> bool:
    return not OFFICERS.isdisjoint(caller().roles)


def _title(services: ConsoleServices, envelope: str) -> str:
    with services.desk.sight.database.reading() as session:
        about = services.desk.sight.about(session, envelope)
    return ERASED_TEXT if about is None else about.title


def _names(services: ConsoleServices, envelope: str) -> dict[str, str]:
    """Return the names of the envelope's recipients by their ids."""
    with services.desk.sight.database.reading() as session:
        state = services.service.envelopes.get(session, envelope)
        people = {one.id: services.desk.sight.person(session, one.plan.person) for one in state.recipients}
    return {one: ERASED_TEXT if person is None else person.name for one, person in people.items()}
