"""What approvals about envelopes lead to, for the pages of approvals: a phone, a person, sealed evidence."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Final

from flask import url_for
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from esign.ceremony.domain import Refusal
from esign.ceremony.models import EnvelopeRow, RecipientRow
from esign.ceremony.people import Person
from esign.desk.changes import Proposal
from esign.infra.search_index import ERASED_TEXT
from esign.staff.actors import Caller
from esign.staff.approvals import ApprovalFacts
from esign.staff.domain.roles import ApprovalKind
from esign.web.console.approval_acts import Act, Area, Subject
from esign.web.console.callers import caller
from esign.web.console.console_services import ConsoleServices
from esign.web.console.envelope_forms import after
from esign.web.rendering import words
from esign.web.words import N_

_RESTARTS: Final = N_("原来的链接失效，签署从身份核验重新开始，证据里写明谁申请、谁同意。")


def envelope_areas(services: ConsoleServices) -> dict[str, Area]:
    """Return recipients and envelopes as subjects of approvals, with what is done once one is given."""
    desk = services.desk

    def home(recipient: str) -> str:
        with desk.sight.database.reading() as session:
            return desk.sight.home_of(session, recipient)

    def titles(session: Session, envelopes: Iterable[str]) -> dict[str, str]:
        """Return what the envelopes are called that the caller reaches."""
        reach = desk.sight.reach(session, caller())
        rows = session.scalars(select(EnvelopeRow).where(EnvelopeRow.id.in_(sorted(envelopes))))
        seen = [row.id for row in rows if reach.sees(row.institution, row.salesperson)]
        about = {one: desk.sight.about(session, one) for one in seen}
        return {one: ERASED_TEXT if found is None else found.title for one, found in about.items()}

    def recipients(ids: Sequence[str]) -> dict[str, Subject]:
        named, say = {}, words().say
        with desk.sight.database.reading() as session:
            rows = session.scalars(select(RecipientRow).where(RecipientRow.id.in_(ids))).all()
            titled = titles(session, {row.envelope for row in rows})
            for row in rows:
                if row.envelope in titled:
                    person = desk.sight.person(session, row.person)
                    name = ERASED_TEXT if person is None else person.name
                    said = say(N_("%(name)s，%(title)s"), name=name, title=titled[row.envelope])
                    named[row.id] = Subject(said, url_for("envelope", envelope=row.envelope))
        return named

    def envelopes(ids: Sequence[str]) -> dict[str, Subject]:
        with desk.sight.database.reading() as session:
            titled = titles(session, ids)
        return {one: Subject(title, url_for("envelope", envelope=one)) for one, title in titled.items()}

    def proposed(facts: ApprovalFacts) -> Proposal | None:
        try:
            return desk.changes.proposal(caller(), home(facts.approval.subject), facts.id)
        except Refusal:
            return None

    def would_correct(facts: ApprovalFacts) -> Sequence[str]:
        found, say = proposed(facts), words().say
        if found is None or found.person is None:
            return (say(_RESTARTS),)
        changed = say(N_("手机号改为 %(phone)s。"), phone=found.person.phone)
        return (changed, *_differences(found.person, found.before), say(_RESTARTS))

    def would_replace(facts: ApprovalFacts) -> Sequence[str]:
        found, say = proposed(facts), words().say
        if found is None or found.person is None:
            return (say(_RESTARTS),)
        person = found.person
        return (
            say(N_("改由 %(name)s 签署，手机号 %(phone)s。"), name=person.name, phone=person.phone),
            *_differences(person, found.before),
            say(_RESTARTS),
        )

    def would_open(_facts: ApprovalFacts) -> Sequence[str]:
        say = words().say
        return (
            say(N_("申请人可以查看密封的照片和签署人看过的画面，三十分钟。")),
            say(N_("应本人要求只保存的信封，这三十分钟里可以导出证据包。")),
            say(N_("每次查看和导出都会记录。")),
        )

    def change(who: Caller, facts: ApprovalFacts) -> Response:
        there = home(facts.approval.subject)
        return after(services, there, lambda: desk.changes.carry_out(who, there, facts.id), "changed")

    def open_(who: Caller, facts: ApprovalFacts) -> Response:
        there = facts.approval.subject
        return after(services, there, lambda: desk.evidence.open(who, there, facts.id), "opened")

    def act(button: str, would: Callable[[ApprovalFacts], Sequence[str]], do: Callable[..., Response]) -> tuple[Act]:
        return (Act(button, would, do),)

    return {
        "rcp": Area(
            recipients,
            {
                ApprovalKind.PHONE_CORRECTION: act(N_("更正手机号"), would_correct, change),
                ApprovalKind.RECIPIENT_REPLACEMENT: act(N_("换签署人"), would_replace, change),
            },
        ),
        "env": Area(envelopes, {ApprovalKind.OPEN_EVIDENCE: act(N_("开启证据"), would_open, open_)}),
    }


def _differences(person: Person, before: Person | None) -> Iterator[str]:
    """Yield what changes about a person, each from what it is to what it would be; a number by its last four."""
    say, none = words().say, words().say(N_("无"))
    if before is None:
        return
    told = (
        (N_("姓名：%(old)s → %(new)s"), before.name, person.name),
        (N_("手机号：%(old)s → %(new)s"), before.phone, person.phone),
        (N_("证件号码尾号：%(old)s → %(new)s"), before.id_number, person.id_number),
        (N_("电子邮箱：%(old)s → %(new)s"), before.email, person.email),
        (N_("语言：%(old)s → %(new)s"), before.locale, person.locale),
    )
    for message, old, new in told:
        if old != new:
            ends = slice(-4, None) if message == told[2][0] else slice(None)
            yield say(message, old=(old or none)[ends] if old else none, new=new[ends] if new else none)
