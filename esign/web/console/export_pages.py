"""Evidence bundles to take away: ask for them with a reason, see how far they are, fetch; and who took what and why."""

from __future__ import annotations

from typing import Final
from urllib.parse import urlencode

from flask import Response, jsonify, redirect, request
from werkzeug.wrappers import Response as AnyResponse

from esign.ceremony.domain.refusal import refusal
from esign.desk.exports import EXPORTERS, ExportReason, Meant
from esign.desk.lists import Wanted
from esign.exports.errors import ExportError
from esign.exports.exports import ENVELOPES_AT_MOST, KEPT_FOR, Export, ExportState
from esign.infra.ids import is_id
from esign.infra.search_index import ERASED_TEXT
from esign.web.console import export_words as said
from esign.web.console.access import PREFIX, Access, Console, only
from esign.web.console.callers import caller
from esign.web.console.chosen_envelopes import choice_in, day_in, wanted_in
from esign.web.console.console_services import ConsoleServices
from esign.web.rendering import page, words
from esign.web.words import N_

HERE: Final = f"{PREFIX}/exports"
_MAY: Final = only(*EXPORTERS)
_NUMBER_DIGITS: Final = 18


def declare_export_pages(console: Console, services: ConsoleServices) -> None:
    """Declare them."""
    exports, ledger = services.desk.exports, services.desk.ledger
    console.jinja_env.globals.update(
        export_states=said.STATES,
        export_reason=said.reason_words,
        export_problem=said.problem_words,
        taker=said.taker_words,
        exports_address=_ledger_address,
    )

    @console.page("/exports", to=_MAY)
    def export_list() -> Response:
        envelope = _envelope_asked()
        lines, following = ledger.page(caller(), envelope=envelope, before=_before())
        return page(
            "console_exports.html",
            own=exports.own(caller()),
            lines=lines,
            following=following,
            envelope=envelope,
            is_later=_before() is not None,
        )

    @console.page("/exports/ledger.csv", to=_MAY)
    def export_ledger() -> Response:
        answer = Response(ledger.table(caller(), envelope=_envelope_asked()), content_type="text/csv; charset=utf-8")
        answer.headers["Content-Disposition"] = "attachment; filename=exports.csv"
        return answer

    @console.page("/exports/new", to=_MAY)
    def new_export() -> Response:
        return _form(services)

    @console.form("/exports", to=_MAY)
    def ask_export() -> AnyResponse:
        chosen, envelope = request.form.get("reason", ""), _envelope_asked()
        if chosen not in set(ExportReason):
            return _form(services, words().say(N_("还没有选导出的原因。")), 422)
        try:
            if envelope is not None:
                export = exports.ask_one(caller(), envelope, ExportReason(chosen))
            else:
                export = exports.ask(caller(), _wanted(services), ExportReason(chosen))
        except ExportError as refused:
            status, why = said.refusal_words(refused.code if refused.code in said.EXPORT_TROUBLES else _NOTHING)
            return _form(services, why, status)
        return redirect(f"{HERE}/{export}", 303)

    @console.page("/exports/<export>", to=_MAY)
    def export_made(export: str) -> Response:
        one, there = exports.get(caller(), export), f"{HERE}/{export}"
        envelopes = exports.envelopes_of(caller(), export)
        return page(
            "console_export.html",
            one=one,
            home=there,
            state=_state(one),
            is_going=one.state is ExportState.RUNNING,
            can_fetch=one.state is ExportState.DONE,
            only=envelopes[0] if one.total == 1 else None,
            made=one.ended - one.failed,
        )

    @console.page("/exports/<export>/state", to=Access(roles=EXPORTERS, by_itself=True))
    def export_state(export: str) -> Response:
        return jsonify(state=_state(exports.get(caller(), export)))

    @console.page("/exports/<export>/file", to=_MAY)
    def export_file(export: str) -> Response:
        found = exports.file(caller(), export)
        answer = Response(found.chunks, content_type=found.media_type)
        answer.headers["Content-Disposition"] = f'attachment; filename="{found.name}"'
        answer.headers["Content-Length"] = str(found.size)
        return answer


_NOTHING: Final = "nothing-to-export"


def _form(services: ConsoleServices, refused: str | None = None, status: int = 200) -> Response:
    envelope, wanted, sight = _envelope_asked(), _wanted(services), services.desk.sight
    exports, title = services.desk.exports, None
    meant = exports.meant(caller(), wanted) if envelope is None else exports.one(caller(), envelope)
    with sight.database.reading() as session:
        if envelope is not None:
            about = sight.about(session, envelope)
            title = ERASED_TEXT if about is None else about.title
        institutions = sight.institutions(session, caller())
    return page(
        "console_export_new.html",
        status,
        envelope=envelope,
        title=title,
        wanted=wanted,
        institution=institutions.get(wanted.institution or ""),
        days=tuple(day_in(request.values, name) for name in ("since", "until")),
        choice=choice_in(request.values),
        meant=meant,
        can_start=_can_start(meant),
        most=ENVELOPES_AT_MOST,
        open_until=services.desk.evidence.open_until(caller(), envelope) if envelope is not None else None,
        hours=int(KEPT_FOR.total_seconds() // 3600),
        reasons=said.REASONS,
        chosen=request.form.get("reason", ""),
        said=refused,
        stored=said.refusal_words("evidence-restricted")[1] if meant.stored else None,
    )


def _can_start(meant: Meant) -> bool:
    return bool(meant.over) and not meant.is_too_many and not meant.stored


def _wanted(services: ConsoleServices) -> Wanted:
    return wanted_in(request.values, services.service.ports.keys, caller())


def _envelope_asked() -> str | None:
    """Return the one envelope that is meant, None where it is a set. Raises `Refusal` for what is none."""
    asked = request.values.get("envelope", "")
    if asked and not is_id("env", asked):
        raise refusal("no-envelope")
    return asked or None


def _before() -> int | None:
    asked = request.args.get("before", "")
    return int(asked) if asked.isdecimal() and asked.isascii() and len(asked) <= _NUMBER_DIGITS else None


def _state(one: Export) -> str:
    return f"{one.state} {one.ended}"


def _ledger_address(path: str = "", **changes: object) -> str:
    """Return the address of the list of exports, or of its table, for the envelope that is looked at."""
    kept = {"envelope": request.args.get("envelope", ""), **changes}
    chosen = {name: value for name, value in kept.items() if value}
    return f"{HERE}{path}?{urlencode(chosen)}" if chosen else f"{HERE}{path}"
