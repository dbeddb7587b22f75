"""How forms of the room come, and how they are answered: to a browser by leading on, to our module in JSON.

The module keeps what it cannot send and sends it later; each form has an id, so that it counts once.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping
from datetime import datetime
from typing import Final

from flask import jsonify, request
from werkzeug.wrappers import Response as AnyResponse

from claims.errors import ClaimRefused
from claims.pages.words import said_of, status_of
from claims.refusals import refused
from claims.tools.filing import SECONDS_AT_MOST, Sent
from esign.public.console import N_, done, words

PHONE: Final = "__Host-claims-phone"
PHONE_DAYS: Final = 400
_PHONE: Final = re.compile(r"dev_[0-9a-f]{32}", re.ASCII)
_FORM: Final = re.compile(r"frm_[0-9a-z]{20,40}", re.ASCII)
AGAIN: Final = N_("这张表单之前已经收到，没有重复登记。")


def form_sent() -> str:
    """Return the id of the form that was sent. Raises `ClaimRefused` (`form-unclear`)."""
    form = request.form.get("form", "")
    if not _FORM.fullmatch(form):
        raise refused("form-unclear", ("form",))
    return form


def sent(now: datetime) -> Sent:
    """Return how the form came. The module tells the seconds; without it they count from when the page was made."""
    told = request.form.get("seconds", "")
    if told.isascii() and told.isdigit() and len(told) <= 6:
        seconds = int(told)
    else:
        opened = request.form.get("opened", "")
        begun = int(opened) if opened.isascii() and opened.isdigit() and len(opened) <= 12 else 0
        seconds = int(now.timestamp()) - begun if begun else 0
    return Sent(form_sent(), min(max(seconds, 0), SECONDS_AT_MOST), phone())


def phone() -> str | None:
    """Return the id of the phone that this is, None for one that never took a survey."""
    told = request.cookies.get(PHONE, "")
    return told if _PHONE.fullmatch(told) else None


def new_phone() -> str:
    """Return an id for a phone that has none."""
    return f"dev_{secrets.token_hex(16)}"


def keep_phone(answer: AnyResponse, id: str) -> AnyResponse:
    """Have the browser keep which phone it is."""
    answer.set_cookie(PHONE, id, max_age=PHONE_DAYS * 86_400, secure=True, httponly=True, samesite="Strict", path="/")
    return answer


def wants_json() -> bool:
    """Tell whether our module asks."""
    return request.accept_mimetypes.best == "application/json"


def led_on(address: str, code: str, *, again: bool = False) -> AnyResponse:
    """Answer a form that was taken: lead to the page at this address, which says so."""
    if not wants_json():
        return done(address, code)
    told = {"tone": "again" if again else "done", "to": f"{address}?done={code}"}
    if again:
        told["said"] = words().say(AGAIN)
    return jsonify(told)


def refused_json(refusal: ClaimRefused, wrong: Mapping[str, str] | None = None) -> AnyResponse:
    """Answer our module that a form was not taken: why, and which fields are wrong."""
    told = {"tone": "no", "said": said_of(refusal), "code": refusal.code}
    answer = jsonify({**told, "wrong": {name: words().say(one) for name, one in (wrong or {}).items()}})
    answer.status_code = status_of(refusal)
    return answer
