"""Files that members have judged: the form, their history, one verification with its report, and its erasure by two."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final
from urllib.parse import urlencode

from flask import Response, jsonify, redirect, request, url_for
from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.wrappers import Response as AnyResponse

from esign.ceremony.quarantined import BOUNDS
from esign.desk.errors import no_verification
from esign.desk.verifications import VERIFIERS, Verdicts, Verification, Wanted
from esign.infra.ids import is_id
from esign.staff.actors import Caller
from esign.staff.approvals import ApprovalFacts
from esign.staff.domain.roles import DECIDERS, ApprovalKind
from esign.staff.errors import StaffRefused
from esign.verifications.errors import LineFull
from esign.verifications.held import Progress
from esign.verifications.judged import PASSWORD_NEEDED, Judged
from esign.verify import Conclusion
from esign.web.console.access import PREFIX, Access, Console, only
from esign.web.console.approval_acts import Act, Area, Subject
from esign.web.console.callers import caller
from esign.web.console.console_services import ConsoleServices
from esign.web.console.notices import done
from esign.web.console.refusals import said_of, status_of
from esign.web.console.searched import seal_words, unseal_words
from esign.web.rendering import page, wants_json, words
from esign.web.uploads import SOON, brought, throw_away
from esign.web.verdict_files import verdict_file, verdict_picture
from esign.web.verdict_view import shown_verdict
from esign.web.verify_pages import BUSY, EMPTY, MIB, NO_FILE, TOO_LARGE
from esign.web.words import N_

HERE: Final = f"{PREFIX}/verifications"
_MAY: Final = only(*VERIFIERS)
_ERASERS: Final = DECIDERS[ApprovalKind.ERASURE].ask
CONCLUSIONS: Final[Mapping[Conclusion, tuple[str, str]]] = {
    Conclusion.PASSED: ("pass", N_("通过")),
    Conclusion.FAILED: ("fail", N_("不通过")),
    Conclusion.INDETERMINATE: ("wait", N_("不能确定")),
    Conclusion.NO_SIGNATURE: ("", N_("没有签名")),
}
PROGRESS: Final[Mapping[Progress, tuple[str, str]]] = {
    Progress.WAITING: ("wait", N_("正在排队")),
    Progress.JUDGING: ("wait", N_("正在核验")),
    Progress.BUSY: ("", N_("没有轮到")),
    Progress.LOST: ("", N_("没有做完")),
}
VERDICTS: Final[Mapping[Verdicts, str]] = {
    Verdicts.ALL: N_("全部"),
    Verdicts.PASSED: N_("通过"),
    Verdicts.FAILED: N_("不通过"),
    Verdicts.UNDECIDED: N_("不能确定、没有签名"),
}


def declare_verification_pages(console: Console, services: ConsoleServices) -> None:
    """Declare the list with the form, one verification, and what is downloaded from it."""
    history, keys, most = services.desk.verifications, services.service.ports.keys, services.verified_bytes_at_most
    console.jinja_env.globals["verdict_tag"] = _tag

    def listed(said: str | None = None, status: int = 200) -> Response:
        if said is not None and wants_json():
            answer = jsonify(said=[said])
            answer.status_code = status
            return answer
        typed = unseal_words(keys, caller(), request.args.get("find", ""))
        before = request.args.get("before", "")
        wanted = Wanted(_verdicts(), typed, before if is_id("ver", before) else None)
        lines, following = history.page(caller(), wanted)
        return page(
            "console_verifications.html",
            status,
            lines=lines,
            following=following,
            wanted=wanted,
            typed=typed,
            verdicts=VERDICTS,
            address=_address,
            said=said,
            most=most // MIB,
            most_bytes=most,
            years=history.years,
        )

    def judged(verification: str) -> Judged:
        found = history.get(caller(), verification).judged
        if found is None:
            raise no_verification()
        return found

    @console.page("/verifications", to=_MAY)
    def verifications() -> Response:
        return listed()

    @console.form("/verifications/find", to=_MAY)
    def find_verifications() -> AnyResponse:
        return redirect(_address(find=seal_words(keys, caller(), request.form.get("words", "")), before=""), 303)

    @console.form("/verifications", to=Access(roles=VERIFIERS, bytes_at_most=most))
    def ask_verification() -> AnyResponse:
        try:
            asked = brought(request, caller().member, most)
            if asked is None or not asked.content:
                return listed(words().say(NO_FILE if asked is None else EMPTY), 422)
            there = f"{HERE}/{history.ask(caller(), asked, seconds=SOON)}"
        except LineFull:
            return listed(words().say(BUSY), 503)
        except RequestEntityTooLarge:
            throw_away(request)
            return listed(words().say(TOO_LARGE, most=most // MIB), 413)
        return jsonify(next=there) if wants_json() else redirect(there, 303)

    @console.page("/verifications/<verification>", to=_MAY)
    def verification(verification: str) -> Response:
        return _one(services, verification)

    @console.page("/verifications/<verification>/state", to=Access(roles=VERIFIERS, by_itself=True))
    def verification_state(verification: str) -> Response:
        return jsonify(state=_state(history.get(caller(), verification)))

    @console.page("/verifications/<verification>/report.<form>", to=_MAY)
    def verification_report(verification: str, form: str) -> Response:
        return verdict_file(judged(verification), form, services.service.ports.typeface.path.parent)

    @console.page("/verifications/<verification>/pictures/<name>.png", to=_MAY)
    def verification_picture(verification: str, name: str) -> Response:
        return verdict_picture(judged(verification), name)

    @console.form("/verifications/<verification>/ask-erasure", to=only(*(VERIFIERS & _ERASERS)))
    def ask_report_erasure(verification: str) -> AnyResponse:
        told = request.form.get("words", "").strip()
        if not told:
            return _one(services, verification, words().say(N_("请写明为什么要提前删除。")), 422)
        try:
            approval = history.ask_erasure(caller(), verification, told)
        except StaffRefused as refused:
            return _one(services, verification, said_of(refused), status_of(refused))
        return done(f"{PREFIX}/approvals/{approval}", "asked")


def verification_area(services: ConsoleServices) -> Area:
    """Return verifications as subjects of approvals, with what is done once one is given."""
    history = services.desk.verifications

    def subjects(ids: Sequence[str]) -> dict[str, Subject]:
        seen = history.reached(caller(), ids)
        return {
            one: Subject(words().say(N_("核验报告 %(digest)s"), digest=f"{sha256[:8]}…{sha256[-4:]}"), f"{HERE}/{one}")
            for one, sha256 in seen.items()
        }

    def would_erase(_facts: ApprovalFacts) -> Sequence[str]:
        say = words().say
        return (
            say(N_("报告里的姓名、文件名和全部内容永远打不开，也查不到。")),
            say(N_("谁在什么时候核验过哪个摘要、结论如何，仍然留在账本里。")),
        )

    def erase(who: Caller, facts: ApprovalFacts) -> AnyResponse:
        history.erase(who, facts.approval.subject, facts.id)
        return done(f"{HERE}/{facts.approval.subject}", "report-erased")

    return Area(subjects, {ApprovalKind.ERASURE: (Act(N_("删除报告"), would_erase, erase),)})


def _one(services: ConsoleServices, verification: str, said: str | None = None, status: int = 200) -> Response:
    one, home = services.desk.verifications.get(caller(), verification), f"{HERE}/{verification}"
    return page(
        "console_verification.html",
        status,
        one=one,
        there=one,
        home=home,
        state=_state(one),
        seconds=int(BOUNDS.wall_seconds),
        is_going=one.progress in {Progress.WAITING, Progress.JUDGING},
        shown=None if one.judged is None else shown_verdict(one.judged, home),
        password=one.judged is not None and PASSWORD_NEEDED in one.judged.codes,
        may_ask=not _ERASERS.isdisjoint(caller().roles),
        said=said,
        told=request.form.get("words", ""),
    )


def _tag(one: Verification) -> tuple[str, str]:
    """Return class and word of how it stands with a verification."""
    if one.conclusion is None:
        return PROGRESS[one.progress]
    return CONCLUSIONS[one.conclusion] if one.readable else ("fail", N_("读不了"))


def _state(one: Verification) -> str:
    return f"{one.progress} {one.ahead}"


def _verdicts() -> Verdicts:
    asked = request.args.get("show", "")
    return Verdicts(asked) if asked in set(Verdicts) else Verdicts.ALL


def _address(**changes: str) -> str:
    """Return the address of the list as it is looked at, with these changes."""
    kept = {name: request.args.get(name, "") for name in ("show", "find", "before")}
    chosen = {name: value for name, value in {**kept, **changes}.items() if value}
    return f"{url_for('verifications')}?{urlencode(chosen)}" if chosen else url_for("verifications")
