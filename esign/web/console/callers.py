"""Who is calling: read once for a request, before its page is made.

caller()     the member in the session, with the roles that this session has
me()         how the caller is shown: name, login, institution, all roles of the account
"""

from __future__ import annotations

from dataclasses import dataclass, field

from flask import g, request

from esign.api.rates import TooManyRequests, address_subject
from esign.infra.secret import Secret
from esign.staff.actors import Caller
from esign.staff.domain.member import Member
from esign.staff.domain.refusal import refusal
from esign.staff.domain.roles import DECIDING, NEEDS_TOTP, Factor
from esign.staff.errors import StaffRefused
from esign.web.console import staff_cookies
from esign.web.console.access import Access
from esign.web.console.console_services import ConsoleServices
from esign.web.errors import PageError, forged_form
from esign.web.uploads import admit_file


@dataclass(frozen=True)
class Me:
    """The caller as a page shows them. `lacks_factor` tells that a role of theirs, or its decisions,
    wait for an authenticator."""

    name: str = field(repr=False)
    login: str = field(repr=False)
    institution: str = field(repr=False)
    member: Member
    lacks_factor: bool


def caller() -> Caller:
    """Return who is in the session of this request. Raises `StaffRefused` (`session-over`)."""
    found = g.get("caller")
    if not isinstance(found, Caller):
        raise refusal("session-over")
    return found


def caller_or_nobody() -> Caller | None:
    """Return who is in the session of this request, None where there is none."""
    found = g.get("caller")
    return found if isinstance(found, Caller) else None


def me(services: ConsoleServices) -> Me:
    """Return how the caller is shown. Raises `StaffRefused` (`session-over`)."""
    known = g.get("me")
    if isinstance(known, Me):
        return known
    who = caller()
    facts = services.room.directory.get(who, who.member)
    with services.service.ports.database.reading() as session:
        institution = services.room.institutions.name_of(session, who.institution)
    lacks = who.factor is Factor.PASSWORD and not (NEEDS_TOTP | DECIDING).isdisjoint(facts.member.roles)
    g.me = Me(facts.name, facts.login, institution, facts.member, lacks)
    found: Me = g.me
    return found


def admit(services: ConsoleServices, access: Access | None) -> None:
    """Read who is calling, count the request, and let in only whom the page is for; None is no page at all.

    A form must come from a page of ours: one at the door is bound to this browser, every other to its session, which
    may be over by now. A session whose tablet is in a signer's hands has one page (`tablet-locked`), and no address
    beside it is told of either. Raises `PageError` (`form-forged`, `tablet-locked`), `TooManyRequests`, and
    `StaffRefused`: `session-over`, `not-allowed`, `second-factor-needed`.
    """
    by_itself = access is not None and access.by_itself
    forged = _forged(services, access)
    over = _read_caller(services, in_use=not by_itself and forged is None)
    _count(services, by_itself=by_itself)
    if forged is not None:
        raise forged
    if over is not None and access is not None and not access.at_the_door:
        raise over
    known = caller_or_nobody()
    if known is not None and (access is None or not access.when_locked):
        _require_unlocked(services, known)
    if access is None or access.at_the_door:
        return
    who = caller()
    if access.roles is not None and access.roles.isdisjoint(who.roles):
        waiting = access.roles & set(me(services).member.roles)
        raise refusal("second-factor-needed" if waiting else "not-allowed")


def admit_to_send(services: ConsoleServices, bytes_at_most: int) -> None:
    """Let a form bring a file of this size, if there is a session: what nobody sends is not read.

    Raises `StaffRefused` (`session-over`) for a file without one, which then is left unread (`g.unread`).
    """
    over = _read_caller(services, in_use=False)
    if caller_or_nobody() is not None:
        admit_file(request, bytes_at_most)
    elif (request.content_length or 0) > (request.max_content_length or 0):
        g.unread = True
        raise over or refusal("session-over")


def _forged(services: ConsoleServices, access: Access | None) -> PageError | None:
    """Return what is wrong with where the form came from, None where it is a page of ours, or no form."""
    if access is None or request.method != "POST":
        return None
    try:
        services.forms.require_own(request, about(access))
    except PageError as forged:
        return forged
    return None


def _read_caller(services: ConsoleServices, *, in_use: bool) -> StaffRefused | None:
    """Read who is in the session, if this browser has one; return the refusal where it is over."""
    token = staff_cookies.token()
    if token is None:
        return None
    try:
        g.caller = services.room.sessions.caller(Secret(token), at=services.clock(), in_use=in_use)
    except StaffRefused as over:
        return over
    return None


def _count(services: ConsoleServices, *, by_itself: bool) -> None:
    """Count the request of a session by the session, of nobody by the address: an office shares one."""
    who, limits = caller_or_nobody(), services.limits
    try:
        if who is None:
            address = address_subject(services.service.ports.keys, request.remote_addr or "")
            services.rates.require(limits.address, address)
        else:
            services.rates.require(limits.asking if by_itself else limits.staff, who.session)
    except TooManyRequests:
        g.pop("caller", None)  # the page that says so names nobody: the tablet may be in a signer's hands
        raise


def _require_unlocked(services: ConsoleServices, who: Caller) -> None:
    with services.service.ports.database.reading() as session:
        lock = services.service.handovers.lock_of(session, who.session)
    if lock is not None:
        g.pop("caller", None)
        raise PageError("tablet-locked", "a signer has the tablet of this session", "take it back with your PIN")


def about(access: Access) -> str:
    """Return what the forms of a page are bound to. Raises `PageError` (`form-forged`) where there is no session."""
    if access.at_the_door:
        return f"staff door {door()}"
    token = staff_cookies.token()
    if token is None:
        raise forged_form()
    return f"staff session {token}"


def door() -> str:
    """Return the text to which this browser's forms at the door are bound, a new one where there is none yet.

    Whoever makes a form with it has it kept (`keep_door`)."""
    known = staff_cookies.door() or g.get("new_door")
    if not isinstance(known, str):
        known = g.new_door = staff_cookies.new_door()
    return known
