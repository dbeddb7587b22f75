"""What is kept without an envelope, such as a claim agreed to by a code: one matter with its holds, and its erasure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from flask import Response, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from esign.errors import EsignError
from esign.retention.errors import RetentionRefused
from esign.retention.holds import WORDS_AT_MOST
from esign.retention.matter_office import MatterOffice
from esign.retention.office import OFFICERS, READERS
from esign.retention.periods import day_of
from esign.staff.actors import Caller
from esign.staff.approvals import ApprovalFacts
from esign.staff.domain.roles import ApprovalKind
from esign.staff.errors import StaffRefused
from esign.web.console import retention_words as said
from esign.web.console.access import PREFIX, Console, only
from esign.web.console.approval_acts import Act, Area, Subject
from esign.web.console.callers import caller
from esign.web.console.console_services import ConsoleServices
from esign.web.console.notices import done
from esign.web.console.refusals import said_of, status_of
from esign.web.console.searched import unseal_words
from esign.web.console.typed_hold import typed_hold
from esign.web.rendering import page, words
from esign.web.words import N_

HERE: Final = f"{PREFIX}/retention"
_LOOK: Final = only(*READERS)
_ACT: Final = only(*OFFICERS)
_REASON: Final = N_("请写明理由，另一位同事要看。")


def declare_matter_pages(console: Console, services: ConsoleServices) -> None:
    """Declare them."""
    office, keys = services.retention_office, services.service.ports.keys
    matters = MatterOffice(office)

    def one(matter: str, refused: str | None = None, status: int = 200) -> Response:
        return show_matter(services, matter, refused, status)

    @console.page("/retention/matters/<matter>", to=_LOOK)
    def kept_matter(matter: str) -> Response:
        return one(matter)

    @console.form("/retention/person/hold", to=_ACT)
    def hold_person() -> AnyResponse:
        find = request.args.get("find", "")
        name, _, phone = unseal_words(keys, caller(), find).partition("\n")
        typed = typed_hold(day_of(office.clock()))
        if typed.wrong is not None:
            found = office.on_person(caller(), name=name or None, phone=phone or None)
            return page(
                "console_held_on.html",
                422,
                found=found,
                name=name,
                phone=phone,
                table=url_for("held_on_person_table", find=find),
                may_act=True,
                typed=request.form,
                said=words().say(typed.wrong),
            )
        matters.hold_all(
            caller(), name=name, phone=phone, reason=typed.reason, words=typed.words, review_on=typed.review_on
        )
        return done(url_for("held_on_person", find=find), "hold-set")

    @console.form("/retention/matters/<matter>/hold", to=_ACT)
    def hold_matter(matter: str) -> AnyResponse:
        typed = typed_hold(day_of(office.clock()))
        if typed.wrong is not None:
            return one(matter, words().say(typed.wrong), 422)
        try:
            office.set_hold(caller(), matter, typed.reason, typed.words, typed.review_on)
        except RetentionRefused as refused:
            return one(matter, said.refused_words(refused), 409)
        return done(f"{HERE}/matters/{matter}", "hold-set")

    @console.form("/retention/matters/<matter>/ask-erasure", to=_ACT)
    def ask_matter_erasure(matter: str) -> AnyResponse:
        told = request.form.get("words", "").strip()
        if not told:
            return one(matter, words().say(_REASON), 422)
        try:
            approval = office.ask_erasure(caller(), matter, told)
        except StaffRefused as refused:
            return one(matter, said_of(refused), status_of(refused))
        return done(f"{PREFIX}/approvals/{approval}", "asked")


def show_matter(services: ConsoleServices, matter: str, refused: str | None = None, status: int = 200) -> Response:
    """Return the page of one matter, with what is wrong if something is."""
    return page(
        "console_matter.html",
        status,
        one=MatterOffice(services.retention_office).keeping(caller(), matter),
        said=refused,
        typed=request.form,
        may_act=not OFFICERS.isdisjoint(caller().roles),
        words_at_most=WORDS_AT_MOST,
    )


def matter_areas(services: ConsoleServices) -> dict[str, Area]:
    """Return matters as subjects of approvals, by what their ids begin with."""
    office = services.retention_office
    matters = MatterOffice(office)

    def named(ids: Sequence[str]) -> Mapping[str, Subject]:
        found = {}
        for one in ids:
            try:
                kept = matters.keeping(caller(), one)
            except EsignError:  # not the reader's to see: it stays an id
                continue
            found[one] = Subject(said.both(kept.matter.name), url_for("kept_matter", matter=one))
        return found

    def would(facts: ApprovalFacts) -> Sequence[str]:
        say, kept = words().say, matters.keeping(caller(), facts.approval.subject)
        if not kept.is_due:
            return (say(N_("现在没有到期的内容，或者有法律保全：什么都不会删除。")),)
        return (
            say(N_("永远删除：%(what)s。"), what=said.both(kept.matter.content)),
            say(N_("金额、日期和账本里的记录留下，不含个人信息。")),
            say(N_("删除之后不能恢复；三十天内的密钥备份到期为止，还可能被恢复。")),
        )

    def erase(who: Caller, facts: ApprovalFacts) -> AnyResponse:
        matters.erase(who, facts)
        return done(f"{HERE}/matters/{facts.approval.subject}", "kept-erased")

    act = Act(N_("删除到期的内容"), would, erase, is_final=True)
    return {prefix: Area(named, {ApprovalKind.ERASURE: (act,)}) for prefix in office.room.matters.prefixes}
