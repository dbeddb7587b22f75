"""The public page on which anybody has a signed file judged. It needs no cookie and no script, and keeps no file.

Where the verdict is shown has an address of its own, so that it can be loaded again: for a quarter of an hour.

Whoever comes by the code on a completion certificate brings the digest of its document in the address (`sha256`):
beside the verdict it is then told whether the file that was handed in is that one. Nothing of it is kept.
"""

from __future__ import annotations

import re
from typing import Any, Final

from flask import Flask, Response, jsonify, redirect, request
from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.wrappers import Response as AnyResponse

from esign.api.rates import TooManyRequests, address_subject
from esign.ceremony.quarantined import BOUNDS
from esign.verifications.errors import LineFull
from esign.verifications.held import HELD_FOR, Held, Progress
from esign.verifications.judged import PASSWORD_NEEDED, Judged
from esign.web.errors import PageError, no_page
from esign.web.page_services import PageServices
from esign.web.rendering import page, wants_json, words
from esign.web.uploads import SOON, Uploads, admit_file, brought, throw_away
from esign.web.verdict_files import verdict_file, verdict_picture
from esign.web.verdict_view import shown_verdict
from esign.web.words import N_

VERIFY: Final = "verify"
HOME: Final = "/verify"
_DIGEST: Final = re.compile(r"[0-9a-f]{64}", re.ASCII)
MIB: Final = 1024 * 1024
TOO_LARGE: Final = N_("文件超过了 %(most)s MB，没有收下。请换一份小一些的；原件就这么大的话，请联系我们的客服核验。")
NO_FILE: Final = N_("还没有选文件。请先选一份 PDF，再点“核验这份文件”。")
EMPTY: Final = N_("这个文件是空的，没有可以核验的内容。请重新选一份。")
BUSY: Final = N_("现在排队核验的文件很多，这一份没有收下。请过一分钟再点一次。")
_TOO_MANY: Final = N_("您这个网络地址核验得太多了，这一份没有收下。请过 %(minutes)s 分钟再来。")


def declare_verify_pages(app: Flask, services: PageServices) -> None:
    """Declare the form, what it does, and where the verdict is; nothing where the operator wants no such page."""
    if not services.verifies:
        return
    _declare_form(app, services)
    _declare_verdict(app, services)


def frame(services: PageServices) -> dict[str, Any]:
    """Return what stands around these pages."""
    ports = services.service.ports
    return {"company": ports.organisation, "test_mode": not ports.live}


def _declare_form(app: Flask, services: PageServices) -> None:
    uploads, most, limits = Uploads(), services.verified_bytes_at_most, services.verify_limits

    def form(said: str | None = None, status: int = 200) -> Response:
        if said is not None and wants_json():
            answer = jsonify(said=[said])
            answer.status_code = status
            return answer
        return page(
            "verify.html",
            status,
            **frame(services),
            said=said,
            asks_password="password" in request.args,
            action=f"{HOME}{_expecting()}",
            expected=_expected(),
            most=most // MIB,
            most_bytes=most,
            seconds=int(BOUNDS.wall_seconds),
            minutes=int(HELD_FOR.total_seconds()) // 60,
            few=limits.few,
            day=limits.day,
            at_once=services.service.ports.line.at_once,
        )

    @app.get(HOME)
    def verify() -> Response:
        return form()

    @app.post(HOME)
    def verify_file() -> AnyResponse:
        services.forms.require_same_origin(request)
        sender = address_subject(services.service.ports.keys, request.remote_addr or "")
        try:
            address = _hand_in(services, uploads, sender)
        except TooManyRequests as refused:
            said, status = words().say(_TOO_MANY, minutes=-(-refused.standing.reset // 60)), 429
        except RequestEntityTooLarge:
            said, status = words().say(TOO_LARGE, most=most // MIB), 413
        except LineFull:
            said, status = words().say(BUSY), 503
        except _NothingToJudge as nothing:
            said, status = words().say(nothing.said), 422
        else:
            there = f"{HOME}/{address}{_expecting()}"
            return jsonify(next=there) if wants_json() else redirect(there, 303)
        throw_away(request)
        return form(said, status)


class _NothingToJudge(Exception):
    """The form came without a file, or with an empty one."""

    def __init__(self, said: str) -> None:
        super().__init__(said)
        self.said = said


def _hand_in(services: PageServices, uploads: Uploads, sender: str) -> str:
    """Count the sender's files, take this one, and return the address of its verdict.

    Raises `TooManyRequests`, `LineFull`, `RequestEntityTooLarge`, `PageError` (`form-forged`), `_NothingToJudge`.
    """
    for allowance in (services.verify_limits.few, services.verify_limits.day):
        services.rates.require(allowance, sender)
    with uploads.place(sender):
        admit_file(request, services.verified_bytes_at_most)
        services.forms.require_own(request, VERIFY)
        asked = brought(request, sender, services.verified_bytes_at_most)
    if asked is None:
        raise _NothingToJudge(NO_FILE)
    if not asked.content:
        raise _NothingToJudge(EMPTY)
    return services.service.held_verdicts.take(asked, seconds=SOON)


def _declare_verdict(app: Flask, services: PageServices) -> None:
    held = services.service.held_verdicts

    def found(address: str) -> Held:
        there = held.find(address)
        if there is None:
            raise PageError("verdict-gone", "nothing is held at this address", "hand the file in again")
        return there

    def done(address: str) -> Judged:
        judged = found(address).judged
        if judged is None:
            raise no_page()
        return judged

    @app.get(f"{HOME}/<address>")
    def verdict(address: str) -> Response:
        there, home = found(address), f"{HOME}/{address}"
        if there.judged is not None:
            expected, is_certificate = _expected(), _is_certificate(services, there.judged)
            return page(
                "verify_verdict.html",
                **frame(services),
                home=home,
                address=address,
                again=_expecting(),
                is_expected=None if expected is None else expected == there.judged.sha256,
                is_certificate=is_certificate,
                there=there,
                shown=shown_verdict(there.judged, home, is_contract=not is_certificate),
                password=PASSWORD_NEEDED in there.judged.codes,
            )
        if there.progress in {Progress.BUSY, Progress.LOST}:
            raise PageError(f"verdict-{there.progress}", "there is no verdict", "hand the file in again")
        seconds = int(BOUNDS.wall_seconds)
        return page(
            "verify_waiting.html", **frame(services), home=home, there=there, state=_state(there), seconds=seconds
        )

    @app.get(f"{HOME}/<address>/state")
    def verdict_state(address: str) -> Response:
        return jsonify(state=_state(found(address)))

    @app.get(f"{HOME}/<address>/report.<form>")
    def verdict_report(address: str, form: str) -> Response:
        return verdict_file(done(address), form, services.service.ports.typeface.path.parent)

    @app.get(f"{HOME}/<address>/pictures/<name>.png")
    def verdict_page_picture(address: str, name: str) -> Response:
        return verdict_picture(done(address), name)

    @app.post(f"{HOME}/<address>/forget")
    def forget_verdict(address: str) -> AnyResponse:
        services.forms.require_own(request, address)
        held.forget(address)
        return redirect(f"{HOME}/{address}", 303)


def _is_certificate(services: PageServices, judged: Judged) -> bool:
    """Tell whether the file is a completion certificate of ours: the rules of acceptance are for contracts."""
    with services.service.ports.database.reading() as session:
        return services.service.certificates.is_one(session, judged.sha256)


def _expected() -> str | None:
    """Return the digest of the document that the address says is meant, None where it says none."""
    given = request.args.get("sha256", "")
    return given if _DIGEST.fullmatch(given) else None


def _expecting() -> str:
    """Return what goes behind an address, so that the digest is not lost on the way."""
    expected = _expected()
    return "" if expected is None else f"?sha256={expected}"


def _state(there: Held) -> str:
    """Return how it stands in words that change with it."""
    return f"{there.progress} {there.ahead}"
