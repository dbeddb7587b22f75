"""The public page on which people ask what is kept about them: name and phone, a code, then a copy, a correction,
erasure, and the answers.

Whether somebody is on record shows nowhere before the code is right. Looking changes nothing: a form takes a copy.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import IO, Final

from flask import Flask, Response, redirect, request
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as AnyResponse

from esign.api.rates import TooManyRequests, address_subject
from esign.ceremony.about import read_about
from esign.ceremony.models import RecipientRow
from esign.infra.errors import RecordErased
from esign.infra.search_index import ERASED_TEXT, SearchField
from esign.retention.errors import RetentionRefused
from esign.retention.holds import is_held
from esign.retention.kept import KeptOfEnvelope, kept_of
from esign.retention.matters import Matter
from esign.retention.models import RetainedEnvelope
from esign.retention.people import Concerned, Told, is_findable
from esign.retention.periods import day_of
from esign.retention.requests import WORDS_AT_MOST, Channel, Outcome, Request, RequestKind
from esign.retention.room import RetentionRoom
from esign.retention.rules import Kind
from esign.retention.visits import Visit, Visits
from esign.web import cookies
from esign.web.errors import no_cookies, no_page
from esign.web.page_services import PageServices
from esign.web.rendering import page, words
from esign.web.verify_pages import frame
from esign.web.words import N_

HOME: Final = "/my-data"
ABOUT: Final = "my-data"
_SPACES: Final = re.compile(r"[\s-]+")
_FULL_WIDTH: Final = str.maketrans("0123456789", "0123456789")
_MISSING: Final = N_("还没有写姓名或手机号。请按合同上的写法填写。")
_TOO_MANY: Final = N_("试得太多了。请过 %(minutes)s 分钟再来。")
_WRONG: Final = N_("没有对上。请核对最新一条短信里的验证码和证件号后四位；几次都不对，请从头再来。")
_KIND: Final = N_("还没有选要办什么。请选一项。")
_WORDS: Final = N_("请写明哪里不对、应该是什么。")
_OPEN: Final = N_("您同样的请求正在办理，请等答复。")


KIND_WORDS: Final[Mapping[RequestKind, tuple[str, str]]] = {
    RequestKind.COPY: (N_("要一份副本"), N_("我们保存的您的资料，打包给您下载")),
    RequestKind.CORRECTION: (N_("要求更正"), N_("签过的内容不会改，更正记在旁边")),
    RequestKind.ERASURE: (N_("要求删除"), N_("法律要求保存的，改为只保存、不再使用")),
}
OUTCOME_WORDS: Final[Mapping[Outcome, tuple[str, str]]] = {
    Outcome.GRANTED: ("pass", N_("已照办")),
    Outcome.RESTRICTED: ("wait", N_("只保存，不再使用")),
    Outcome.REFUSED: ("fail", N_("没有照办")),
}
KEPT_WORDS: Final[Mapping[Kind, str]] = {
    Kind.DOCUMENTS: N_("您签的合同"),
    Kind.EVIDENCE: N_("签名笔迹、身份和设备资料、看过的页面"),
    Kind.PHOTO: N_("照片"),
}


@dataclass(frozen=True)
class Held:
    """What is held on the person in one envelope, as their page shows it."""

    title: str
    role: str
    kept: KeptOfEnvelope | None


@dataclass(frozen=True)
class HeldMatter:
    """What is kept on the person without an envelope, as their page shows it."""

    matter: Matter
    held: bool


def declare_person_pages(app: Flask, services: PageServices) -> None:
    """Declare the pages; nothing where no codes can be sent."""
    room = services.retention
    if room is None or room.visits is None:
        return
    _declare_entrance(app, services, room.visits)
    _declare_own(app, services, room, room.visits)


def _declare_entrance(app: Flask, services: PageServices, visits: Visits) -> None:
    limits = services.person_limits

    def start(said: str | None = None, status: int = 200) -> Response:
        return page("person_start.html", status, **frame(services), said=said, typed=request.form)

    def asks_code(said: str | None = None, status: int = 200) -> Response:
        return page("person_code.html", status, **frame(services), said=said, about=_address())

    @app.get(HOME)
    def person_start() -> Response:
        return start()

    @app.post(HOME)
    def person_begin() -> AnyResponse:
        services.forms.require_own(request, ABOUT)
        name, phone = _typed("name", 64), _typed("phone", 24)
        if not is_findable(name, phone):
            return start(words().say(_MISSING), 422)
        try:
            sender = address_subject(services.service.ports.keys, request.remote_addr or "")
            services.rates.require(limits.address, sender)
            services.rates.require(limits.person, _of_person(services, name, phone))
            services.rates.require(limits.phone, _of_person(services, None, phone))
        except TooManyRequests as refused:
            return start(words().say(_TOO_MANY, minutes=-(-refused.standing.reset // 60)), 429)
        response = redirect(f"{HOME}/code", 303)
        cookies.keep_visit(response, visits.begin(Told(name, phone, locale=words().language)))
        return response

    @app.get(f"{HOME}/code")
    def person_code() -> AnyResponse:
        return asks_code() if cookies.visit() else redirect(HOME, 303)

    @app.post(f"{HOME}/code")
    def person_enter() -> AnyResponse:
        if cookies.visit() is None:
            raise no_cookies()
        services.forms.require_own(request, _address())
        code = _SPACES.sub("", request.form.get("code", "").translate(_FULL_WIDTH))[:12]
        opened = visits.enter(_address(), code, _typed("tail", 8))
        if opened is None:
            return asks_code(words().say(_WRONG), 422)
        response = redirect(f"{HOME}/mine", 303)
        cookies.keep_visit(response, opened)
        return response

    @app.post(f"{HOME}/leave")
    def person_leave() -> AnyResponse:
        services.forms.require_own(request, _address())
        visits.leave(_address())
        response = redirect(HOME, 303)
        cookies.forget_visit(response)
        return response


def _declare_own(app: Flask, services: PageServices, room: RetentionRoom, visits: Visits) -> None:
    database, clock = services.service.ports.database, services.service.ports.trust_services.clock

    def mine(visit: Visit, said: str | None = None, status: int = 200) -> Response:
        with database.reading() as session:
            rows = visits.recipients(session, visit)
            matters = visits.matters(session, visit)
            held = [_held(session, room, row, services) for row in rows]
            without = [HeldMatter(one, is_held(session, one.id)) for one in matters]
            asked = room.requests.shown_to(session, visit.told, _own(rows, matters))
        return page(
            "person_mine.html",
            status,
            **frame(services),
            held=held,
            matters=without,
            asked=asked,
            said=said,
            about=_address(),
            typed=request.form,
            until=visit.until,
            promise=room.rules.promise,
            today=day_of(clock()),
            kinds=KIND_WORDS,
            outcomes=OUTCOME_WORDS,
            kept_words=KEPT_WORDS,
            words_at_most=WORDS_AT_MOST,
        )

    @app.get(f"{HOME}/mine")
    def person_mine() -> AnyResponse:
        visit = visits.find(_address())
        return redirect(HOME, 303) if visit is None else mine(visit)

    @app.post(f"{HOME}/ask")
    def person_ask() -> AnyResponse:
        services.forms.require_own(request, _address())
        visit = visits.find(_address())
        if visit is None:
            return redirect(HOME, 303)
        kind, told = request.form.get("kind", ""), _typed("words", WORDS_AT_MOST)
        if kind not in set(RequestKind):
            return mine(visit, words().say(_KIND), 422)
        if kind == RequestKind.CORRECTION and not told:
            return mine(visit, words().say(_WORDS), 422)
        try:
            with database.transaction() as session:
                rows = visits.recipients(session, visit)
                room.requests.receive(
                    session,
                    RequestKind(kind),
                    replace(visit.told, words=told, locale=words().language),
                    [Concerned(row.id, row.envelope) for row in rows],
                    channel=Channel.PAGE,
                    by=None,
                    actor="person",
                    now=clock(),
                    matters=visits.matters(session, visit),
                )
        except RetentionRefused:
            return mine(visit, words().say(_OPEN), 409)
        return redirect(f"{HOME}/mine", 303)

    @app.post(f"{HOME}/requests/<prq>/copy")
    def person_copy(prq: str) -> AnyResponse:
        services.forms.require_own(request, _address())
        visit = visits.find(_address())
        if visit is None:
            return redirect(HOME, 303)
        with database.reading() as session:
            rows, matters = visits.recipients(session, visit), visits.matters(session, visit)
            asked = room.requests.shown_to(session, visit.told, _own(rows, matters))
            one = next((found for found in asked if found.id == prq and may_collect(found)), None)
            if one is None:
                raise no_page()
            file = room.copies.write(session, rows, asked, now=clock(), matters=matters)
        with database.transaction() as session:
            room.requests.collected(session, one.id, now=clock())
        answer = Response(_pieces(file), content_type="application/zip")
        answer.headers["Content-Disposition"] = "attachment; filename=my-data.zip"
        answer.call_on_close(file.close)
        return answer


def may_collect(one: Request) -> bool:
    """Tell whether there is a copy for the person to take away."""
    return one.kind is RequestKind.COPY and one.outcome is Outcome.GRANTED


def _pieces(file: IO[bytes]) -> Iterator[bytes]:
    with file:
        while piece := file.read(256 * 1024):
            yield piece


def _held(session: Session, room: RetentionRoom, row: RecipientRow, services: PageServices) -> Held:
    try:
        title = read_about(room.records, session, row.envelope).title
    except RecordErased:
        title = ERASED_TEXT
    kept = session.get(RetainedEnvelope, row.envelope)
    now = services.service.ports.trust_services.clock()
    return Held(title, row.role, None if kept is None else kept_of(session, room.rules, kept, now=now))


def _own(rows: Sequence[RecipientRow], matters: Sequence[Matter]) -> list[str]:
    """Return the ids of all that is the visitor's."""
    return [*(row.id for row in rows), *(one.id for one in matters)]


def _address() -> str:
    return cookies.visit() or ""


def _typed(name: str, at_most: int) -> str:
    return request.form.get(name, "").strip()[:at_most]


def _of_person(services: PageServices, name: str | None, phone: str) -> str:
    """Return whose name and phone these are, or whose phone, without telling it: known or not, all count alike."""
    index = services.service.records.index
    named = b"" if name is None else index.digest(SearchField.NAME, name)
    return hashlib.sha256(named + index.digest(SearchField.PHONE, phone)).hexdigest()[:32]
