"""The pages as one WSGI application: what is shown, what forms do, and every error as a page in the person's words."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from typing import Final

from flask import Flask, Response, g, jsonify, redirect, request
from werkzeug.wrappers import Response as AnyResponse

from esign.api.errors import ApiError
from esign.api.problems import problem_of
from esign.api.rates import address_subject
from esign.ceremony.errors import LinkRefused
from esign.infra.ids import is_id
from esign.infra.logs import log_for
from esign.web import cookies
from esign.web.assets import FOREVER, MEDIA_TYPES, assets
from esign.web.ceremony_pages import declare_ceremony_pages
from esign.web.copy_pages import declare_copy_pages
from esign.web.errors import PageError, no_page
from esign.web.front_page import declare_front_page
from esign.web.handed_over import BACK, declare_handed_over
from esign.web.headers import secure
from esign.web.landing_pages import declare_landing_pages
from esign.web.look import declare_look, is_own_page
from esign.web.page_services import PageServices
from esign.web.person_pages import declare_person_pages
from esign.web.reading_pages import declare_reading_pages
from esign.web.rendering import page, set_up_templates, speak, wants_json, words
from esign.web.room_part import LinkedPart, add_linked
from esign.web.shown_screens import declare_shown_screens, keep_shown, screen_told
from esign.web.signing_pages import declare_signing_pages
from esign.web.troubles import STRAY, Trouble, Way, trouble_of
from esign.web.uploads import PageRequest
from esign.web.verify_pages import HOME, declare_verify_pages

BODY_AT_MOST: Final = 16 * 1024 * 1024
FORM_AT_MOST: Final = 64 * 1024
_SHOWN_ANEW: Final = frozenset({401, 403, 404, 409, 410})
"""Statuses at which a module loads its page anew: the page then says what is the matter."""
_KEPT_BY_BROWSERS: Final = frozenset({"asset", "room_file"})
_log = log_for(__name__)


def create_pages(
    services: PageServices, parts: Sequence[LinkedPart] = (), packages: Mapping[str, str] | None = None
) -> Flask:
    """Return the pages over a service; `parts` are those of rooms, `packages` the packages of all rooms by name."""
    app = Flask("esign.web", static_folder=None)
    app.request_class = PageRequest
    app.config["MAX_CONTENT_LENGTH"] = FORM_AT_MOST
    app.config["MAX_FORM_MEMORY_SIZE"] = FORM_AT_MOST
    app.url_map.strict_slashes = False
    app.url_map.merge_slashes = False
    set_up_templates(app, services.forms)

    @app.before_request
    def begin() -> None:
        g.begun = time.perf_counter()
        if request.endpoint not in _KEPT_BY_BROWSERS:
            tablet = services.service.handovers.named(cookies.handover())  # an office shares one address
            address = address_subject(services.service.ports.keys, request.remote_addr or "")
            services.rates.require(services.limits.address, tablet or address)

    @app.get("/assets/<digest>/<name>")
    def asset(digest: str, name: str) -> Response:
        known = assets()
        if digest != known.digest or name not in known.contents:
            raise no_page()
        response = Response(known.contents[name], content_type=MEDIA_TYPES[name.rpartition(".")[2]])
        response.headers["Cache-Control"] = FOREVER
        return response

    declare_handed_over(app, services.service)
    declare_look(app, services)
    declare_front_page(app, services)
    declare_verify_pages(app, services)
    declare_person_pages(app, services)
    declare_landing_pages(app, services)
    declare_copy_pages(app, services)
    declare_ceremony_pages(app, services)
    declare_reading_pages(app, services)
    declare_signing_pages(app, services)
    declare_shown_screens(app, services)
    add_linked(app, services, parts, packages or {})
    app.jinja_env.globals["verifies"] = services.verifies
    app.jinja_env.globals["answers_people"] = services.retention is not None
    app.jinja_env.globals["screen_told"] = lambda: screen_told(services.forms)

    @app.errorhandler(Exception)
    def told(error: Exception) -> AnyResponse:
        return _told(error)

    @app.after_request
    def finish(response: Response) -> Response:
        return _finish(services, response)

    return app


def _told(error: Exception) -> AnyResponse:
    """Return the page, or the redirection, for what went wrong."""
    recipient = _recipient_asked()
    if g.get("words") is None:
        speak(recipient, None)
    code = _code_of(error)
    if code in STRAY and recipient is not None:
        link = (request.view_args or {}).get("link")
        there = f"/s/{link}" if link else f"/c/{recipient}"
        return jsonify(next=there) if wants_json() else redirect(there, 303)
    trouble = trouble_of(code)
    g.code = code
    if wants_json():
        said = [words().say(trouble.cause), words().say(trouble.cure)]
        answer = jsonify(said=said, next=request.path if trouble.status in _SHOWN_ANEW else None)
        answer.status_code = trouble.status
        return answer
    return _trouble_page(trouble, recipient)


def _trouble_page(trouble: Trouble, recipient: str | None) -> Response:
    for whose in ("scene", "invited"):  # a trouble is none of the screens that are kept
        g.pop(whose, None)
    asked = (request.view_args or {}).get("link")
    link = asked or (cookies.link_of(recipient) if recipient else None)
    invitation = f"/s/{link}" if link else None
    start = invitation if asked or not recipient else f"/c/{recipient}"
    ours = request.url_rule is not None and request.method == "GET" and is_own_page(request.path)
    again = request.path if ours and not request.path.endswith(".pdf") else start or "/"
    ways = {
        Way.GO_ON: start,
        Way.FRESH_CODE: invitation,
        Way.AGAIN: again,
        Way.TABLET: BACK,
        Way.VERIFY: HOME,
        Way.NOWHERE: None,
    }
    there = ways[trouble.way]
    if there is None and trouble.way is Way.FRESH_CODE:  # nobody knows the link any more: it is in the message
        trouble = trouble_of("session-missing")
    return page("trouble.html", trouble.status, trouble=trouble, there=there, link=link)


def _code_of(error: Exception) -> str:
    """Return the code by which an error is told; what nobody outside can mend is logged."""
    if isinstance(error, PageError | LinkRefused | ApiError):
        return error.code
    problem = problem_of(error)
    if problem.hidden:
        _log.failed("page failed", error, code=problem.code, status=problem.status)
    return problem.code


def _recipient_asked() -> str | None:
    """Return the recipient whom the address names, known or not."""
    asked = request.view_args or {}
    recipient = asked.get("recipient") or str(asked.get("link", "")).partition(".")[0]
    return recipient if is_id("rcp", recipient) else None


def _finish(services: PageServices, response: Response) -> Response:
    if response.mimetype == "text/html":
        keep_shown(services, response)
    secure(response, over_tls=services.is_secure)
    rule = request.url_rule.rule if request.url_rule is not None else None
    seconds = time.perf_counter() - g.begun if "begun" in g else 0.0
    services.metrics.observe_request(request.method, rule or "unmatched", response.status_code, seconds)
    if request.endpoint in _KEPT_BY_BROWSERS:
        return response
    _log.info(
        "page answered",
        method=request.method,
        route=rule,
        status=response.status_code,
        milliseconds=round(seconds * 1000, 1),
        recipient=g.get("recipient"),
        code=g.get("code"),
    )
    return response
