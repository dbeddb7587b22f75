"""What approvals about keeping lead to: a hold is lifted, what is over is erased, a person's request is carried out."""

from __future__ import annotations

from collections.abc import Sequence

from flask import url_for
from werkzeug.wrappers import Response

from esign.errors import EsignError
from esign.retention.request_office import RequestOffice
from esign.staff.actors import Caller
from esign.staff.approvals import ApprovalFacts
from esign.staff.domain.roles import ApprovalKind
from esign.web.console import retention_words as said
from esign.web.console.approval_acts import Act, Area, Subject
from esign.web.console.callers import caller
from esign.web.console.console_services import ConsoleServices
from esign.web.console.notices import done
from esign.web.console.request_pages import HERE as REQUESTS
from esign.web.console.retention_pages import HERE as RETENTION
from esign.web.console.retention_pages import address_of
from esign.web.rendering import words
from esign.web.words import N_


def erasure_act(services: ConsoleServices) -> Act:
    """Return what an approved erasure of an envelope leads to."""
    office = services.retention_office

    def would(facts: ApprovalFacts) -> Sequence[str]:
        say, keeping = words().say, office.keeping(caller(), facts.approval.subject)
        over = () if keeping.kept is None else keeping.kept.over(keeping.today)
        if not over:
            return (say(N_("现在没有到期的内容，或者有法律保全：什么都不会删除。")),)
        what = words().choose("、", ", ").join(say(said.KINDS[one.kind]) for one in over)
        return (
            say(N_("永远删除：%(what)s。"), what=what),
            say(N_("签名、封存和账本里的记录仍然有效，可以验证。")),
            say(N_("删除之后不能恢复；三十天内的密钥备份到期为止，还可能被恢复。")),
        )

    def erase(who: Caller, facts: ApprovalFacts) -> Response:
        office.erase(who, facts)
        return done(f"{RETENTION}/envelopes/{facts.approval.subject}", "kept-erased")

    return Act(N_("删除到期的内容"), would, erase, is_final=True)


def retention_areas(services: ConsoleServices) -> dict[str, Area]:
    """Return holds and people's requests as subjects of approvals."""
    office = services.retention_office
    requests = RequestOffice(office)

    def holds(ids: Sequence[str]) -> dict[str, Subject]:
        named = {}
        for one in ids:
            try:
                found = office.hold(caller(), one)
            except EsignError:  # not the reader's to see: it stays an id
                continue
            label = words().say(said.HOLD_REASONS[found.reason])
            named[one] = Subject(label, address_of(services, found.subject))
        return named

    def asked(ids: Sequence[str]) -> dict[str, Subject]:
        named = {}
        for one in ids:
            try:
                found = requests.get(caller(), one).request
            except EsignError:  # as above
                continue
            named[one] = Subject(words().say(said.REQUEST_KINDS[found.kind]), url_for("one_request", prq=one))
        return named

    def would_lift(_facts: ApprovalFacts) -> Sequence[str]:
        say = words().say
        return (
            say(N_("保全解除，到期的内容可以删除。")),
            say(N_("谁设置、谁申请解除、谁同意，都留在账本里。")),
        )

    def lift(who: Caller, facts: ApprovalFacts) -> Response:
        return done(address_of(services, office.lift(who, facts)), "hold-lifted")

    def would_erase(facts: ApprovalFacts) -> Sequence[str]:
        say, shown = words().say, requests.get(caller(), facts.approval.subject)
        goes = dict.fromkeys(say(said.KINDS[kind]) for one in shown.planned for kind in one.erases)
        goes |= dict.fromkeys(said.both(one.matter.name) for one in shown.matters if one.erases)
        kept = [one for one in shown.all_of_it if one.restricted]
        what = words().choose("、", ", ").join(goes) or say(N_("没有"))
        return (
            say(N_("永远删除：%(what)s。"), what=what),
            say(N_("其余 %(n)s 项法律要求保存，以后只保存，不再使用。"), n=len(kept)),
            say(N_("上面的说明会作为答复发给本人。")),
        )

    def erase(who: Caller, facts: ApprovalFacts) -> Response:
        requests.erase(who, facts)
        return done(f"{REQUESTS}/{facts.approval.subject}", "request-answered")

    def rules(ids: Sequence[str]) -> dict[str, Subject]:
        digests = {one: one.partition("_")[2][:16] for one in ids}
        said = {one: words().say(N_("留存规则 %(digest)s"), digest=digest) for one, digest in digests.items()}
        return {one: Subject(name, url_for("retention")) for one, name in said.items()}

    return {
        "rules": Area(rules, {}),
        "hld": Area(holds, {ApprovalKind.LEGAL_HOLD_LIFT: (Act(N_("解除保全"), would_lift, lift),)}),
        "prq": Area(asked, {ApprovalKind.ERASURE: (Act(N_("删除并答复本人"), would_erase, erase, is_final=True),)}),
    }
