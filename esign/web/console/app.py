"""The console as one WSGI application: who may come to which page, and every error as a page."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Final

from flask import Response, g, redirect, request
from werkzeug.wrappers import Response as AnyResponse

from esign.infra.logs import log_for
from esign.infra.secret import Secret
from esign.staff.domain.roles import ApprovalKind
from esign.staff.errors import StaffRefused
from esign.web.console import staff_cookies
from esign.web.console.access import DOOR, MEMBERS, Console
from esign.web.console.account_pages import declare_account_pages
from esign.web.console.approval_acts import Areas
from esign.web.console.approval_pages import declare_approval_pages
from esign.web.console.callers import about, admit, admit_to_send, caller_or_nobody, door, me
from esign.web.console.console_services import ConsoleServices
from esign.web.console.envelope_approvals import envelope_areas
from esign.web.console.envelope_forms import declare_envelope_forms
from esign.web.console.envelope_pages import declare_envelope_pages
from esign.web.console.export_pages import declare_export_pages
from esign.web.console.held_forms import hold
from esign.web.console.institution_pages import declare_institution_pages
from esign.web.console.invitation_pages import declare_invitation_pages
from esign.web.console.job_pages import declare_job_pages
from esign.web.console.key_pages import declare_key_pages
from esign.web.console.live_pages import declare_live_pages
from esign.web.console.login_pages import declare_login_pages, login_page, to_login
from esign.web.console.matter_pages import declare_matter_pages, matter_areas
from esign.web.console.member_acts import declare_member_requests, member_area
from esign.web.console.navigation import NAVIGATION, menus_of, navigation_of
from esign.web.console.notices import notice
from esign.web.console.outbox_pages import declare_outbox_pages
from esign.web.console.refusals import trouble_of_error, trouble_of_ours
from esign.web.console.request_pages import declare_request_pages
from esign.web.console.retention_approvals import erasure_act, retention_areas
from esign.web.console.retention_pages import declare_retention_pages
from esign.web.console.room_part import ConsolePart, add_parts
from esign.web.console.signal_pages import declare_signal_pages
from esign.web.console.staff_pages import declare_staff_pages
from esign.web.console.start_pages import declare_start_pages
from esign.web.console.story_pages import declare_story_pages
from esign.web.console.tablet_pages import declare_tablet_pages
from esign.web.console.verification_pages import declare_verification_pages, verification_area
from esign.web.errors import PageError, no_page
from esign.web.handed_over import BACK
from esign.web.headers import POLICY, SCREEN_POLICY, secure
from esign.web.rendering import page, set_up_templates, token_field
from esign.web.uploads import PageRequest, throw_away

FORM_AT_MOST: Final = 64 * 1024
_log = log_for(__name__)


def create_console(services: ConsoleServices, parts: Sequence[ConsolePart] = ()) -> Console:
    """Return the console over a service and a staff room; `parts` are those of rooms."""
    console = Console([part.package for part in parts])
    console.entries = NAVIGATION
    console.request_class = PageRequest
    console.config["MAX_CONTENT_LENGTH"] = FORM_AT_MOST
    console.config["MAX_FORM_MEMORY_SIZE"] = FORM_AT_MOST
    set_up_templates(console, services.forms)
    console.jinja_env.globals.update(
        organisation=services.organisation,
        test_mode=not services.is_live,
        navigation=lambda: navigation_of(caller_or_nobody()),
        menus=lambda: menus_of(caller_or_nobody()),
        caller=caller_or_nobody,
        me=lambda: me(services),
        notice=notice,
        waiting_counts=console.waiting_counts,
        own_token=lambda: token_field(services.forms.token(about(MEMBERS))),
        door_token=lambda: token_field(services.forms.token(about(DOOR))),
    )

    @console.before_request
    def begin() -> None:
        g.begun = time.perf_counter()
        access = None if request.endpoint is None else console.access[request.endpoint]
        if access is not None and access.bytes_at_most:
            admit_to_send(services, access.bytes_at_most)
        admit(services, access)
        if "\x00" in request.path:
            raise no_page()  # nothing is called so, and PostgreSQL takes no text with it

    declare_login_pages(console, services)
    declare_invitation_pages(console, services)
    declare_start_pages(console, services)
    declare_account_pages(console, services)
    declare_staff_pages(console, services)
    declare_member_requests(console, services)
    declare_institution_pages(console, services)
    declare_envelope_pages(console, services)
    declare_envelope_forms(console, services)
    declare_story_pages(console, services)
    declare_outbox_pages(console, services)
    declare_job_pages(console, services)
    declare_key_pages(console, services)
    declare_approval_pages(console, services, areas_of(services))
    declare_tablet_pages(console, services)
    declare_live_pages(console, services)
    declare_signal_pages(console, services)
    declare_verification_pages(console, services)
    declare_export_pages(console, services)
    declare_retention_pages(console, services)
    declare_matter_pages(console, services)
    declare_request_pages(console, services)
    add_parts(console, parts)

    @console.errorhandler(Exception)
    def told(error: Exception) -> AnyResponse:
        try:
            return _told(services, error)
        except Exception as second:  # noqa: BLE001  # the page of an error asks the database too, and must come
            _log.failed("page of an error failed", second)
            g.code = "unavailable"
            return page("console_plain.html", 503, trouble=trouble_of_ours())

    @console.after_request
    def finish(response: Response) -> Response:
        return _finish(services, response)

    return console


def areas_of(services: ConsoleServices) -> Areas:
    """Return what approvals can be about."""
    envelopes = envelope_areas(services)
    envelopes["env"].acts[ApprovalKind.ERASURE] = (erasure_act(services),)
    own = {"usr": member_area(services), "ver": verification_area(services)}
    return own | envelopes | retention_areas(services) | matter_areas(services)


def _told(services: ConsoleServices, error: Exception) -> AnyResponse:
    """Return the page, or the way to the login, for what went wrong."""
    if isinstance(error, StaffRefused) and error.code == "session-over":
        return _session_over(services)
    if isinstance(error, PageError) and error.code == "tablet-locked":
        return redirect(BACK, 303)
    trouble = trouble_of_error(error, services.codes)
    g.code = trouble.code
    return page("console_trouble.html", trouble.status, trouble=trouble)


def _session_over(services: ConsoleServices) -> AnyResponse:
    """Lead to the login. What was written goes along, for `admit` has seen that it came from a page of ours."""
    token = staff_cookies.token()
    had_one = token is not None
    note = "over" if had_one else None
    g.pop("caller", None)
    if g.get("unread") is not None:
        throw_away(request)
        response: AnyResponse = to_login(note)
    elif request.method == "POST" and request.endpoint != "log_out":
        g.code = "session-over"
        held = hold(None if token is None else services.room.sessions.whose(Secret(token)))
        sealed = "" if held is None else held.seal(services.service.ports.keys, now=services.clock())
        response = login_page(note=note, held=sealed, status=401)
    else:
        response = to_login(note)
    if had_one:  # a browser that comes by a link of another site has it and does not send it: that is no logging out
        staff_cookies.forget_token(response)
    return response


def _finish(services: ConsoleServices, response: Response) -> Response:
    if g.get("new_door") is not None:
        staff_cookies.keep_door(response, door())
    secure(response, over_tls=services.is_secure, policy=SCREEN_POLICY if g.get("is_recorded_screen") else POLICY)
    rule = request.url_rule.rule if request.url_rule is not None else None
    seconds = time.perf_counter() - g.begun if "begun" in g else 0.0
    services.metrics.observe_request(request.method, rule or "unmatched", response.status_code, seconds)
    who = caller_or_nobody()
    _log.info(
        "page answered",
        method=request.method,
        route=rule,
        status=response.status_code,
        milliseconds=round(seconds * 1000, 1),
        member=None if who is None else who.member,
        code=g.get("code"),
    )
    return response
