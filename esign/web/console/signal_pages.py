"""The pages of signals: what waits to be judged, why, and the two ways out: release, or void."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from flask import Response, redirect, request
from werkzeug.wrappers import Response as AnyResponse

from esign.infra.ids import is_id
from esign.web.console.access import PREFIX, Console, only
from esign.web.console.callers import caller, caller_or_nobody
from esign.web.console.console_services import ConsoleServices
from esign.web.console.signal_review import REVIEWERS, SHOWN_AT_ONCE, Chosen, ShownCapture, SignalReview
from esign.web.rendering import page, words
from esign.web.words import N_

SIGNALS_PAGE: Final = f"{PREFIX}/signals"
WORDS_AT_MOST: Final = 500
RELEASED_FOR: Final[Mapping[str, str]] = {
    "family": N_("家人共用手机、设备或网络，已向本人核实"),
    "in-person": N_("当面签署，忘记选择方式"),
    "spoken-to": N_("已电话联系本人，确认是本人签署"),
    "strokes-differ": N_("并排看过，两幅笔迹不是同一只手所写"),
    "other": N_("其他，请在下面写明"),
}
VOIDED_FOR: Final[Mapping[str, str]] = {
    "signed-for-another": N_("查明不是本人签署"),
    "not-verified": N_("联系不上本人，无法核实"),
}


def declare_signal_pages(console: Console, services: ConsoleServices) -> None:
    """Declare the list, one signal, and what can be done about it."""
    review, reviewers = SignalReview(services.desk.sight), only(*REVIEWERS)
    console.waiting_counts["signals"] = lambda: _waiting(review)
    console.jinja_env.globals["signals_of_envelope"] = lambda envelope: review.of_envelope(caller(), envelope)

    @console.page("/signals", to=reviewers)
    def signals() -> Response:
        asked, before = request.args.get("show", ""), request.args.get("before", "")
        show = Chosen(asked) if asked in tuple(Chosen) else Chosen.OPEN
        lines = review.list(caller(), show, before=before if is_id("sig", before) else None)
        older = min(line.id for line in lines[:SHOWN_AT_ONCE]) if len(lines) > SHOWN_AT_ONCE else None
        return page("console_signals.html", lines=lines[:SHOWN_AT_ONCE], show=show.value, older=older)

    @console.page("/signals/<signal>", to=reviewers)
    def signal(signal: str) -> Response:
        return _signal_page(review, signal)

    @console.form("/signals/<signal>/captures", to=reviewers)
    def signal_captures(signal: str) -> Response:
        return _signal_page(review, signal, captures=review.show_captures(caller(), signal))

    @console.form("/signals/<signal>/release", to=reviewers)
    def release_signal(signal: str) -> AnyResponse:
        reason, told = request.form.get("reason", ""), _told()
        if reason not in RELEASED_FOR:
            return _signal_page(review, signal, said=words().say(N_("请选择放行的理由。")), wrong="reason")
        if reason == "other" and not told:
            return _signal_page(review, signal, said=words().say(N_("请写明放行的理由。")), wrong="words")
        review.clear(caller(), signal, reason, told)
        return redirect(SIGNALS_PAGE, 303)

    @console.form("/signals/<signal>/void", to=reviewers)
    def void_for_signal(signal: str) -> AnyResponse:
        reason = request.form.get("reason", "")
        if reason not in VOIDED_FOR:
            return _signal_page(review, signal, said=words().say(N_("请选择作废的理由。")), wrong="void")
        review.void(caller(), signal, reason, _told())
        return redirect(SIGNALS_PAGE, 303)


def _signal_page(
    review: SignalReview,
    signal: str,
    *,
    captures: Sequence[ShownCapture] | None = None,
    said: str | None = None,
    wrong: str | None = None,
) -> Response:
    return page(
        "console_signal.html",
        200 if said is None else 422,
        detail=review.detail(caller(), signal),
        captures=captures,
        released_for=RELEASED_FOR,
        voided_for=VOIDED_FOR,
        said=said,
        wrong=wrong,
        chosen=request.form.get("reason", ""),
        told=_told(),
    )


def _told() -> str:
    text = request.form.get("words", "").replace("\r\n", "\n").strip()[:WORDS_AT_MOST]
    return "".join(one for one in text if one.isprintable() or one == "\n")


def _waiting(review: SignalReview) -> int:
    """Return how many signals wait for whoever is at the page; none for others."""
    who = caller_or_nobody()
    if who is None or who.roles.isdisjoint(REVIEWERS):
        return 0
    return review.count(who)
