"""Handing the tablet to a signer, and taking it back by PIN. In between, the session's console shows nothing else.

The lock is the handover, which is kept with the staff session on the server (`callers.admit` asks): no address, no
other tab and no missing cookie is a way around it. It stays when the signer's half hour is over.
"""

from __future__ import annotations

from typing import Final

from flask import Response, redirect, request
from werkzeug.wrappers import Response as AnyResponse

from esign.ceremony.domain.refusal import refusal
from esign.ceremony.handovers import LIFE, Handover
from esign.desk.acts import Act
from esign.infra.secret import Secret
from esign.staff.domain.refusal import refusal as staff_refusal
from esign.staff.errors import StaffRefused
from esign.web import cookies
from esign.web.console import staff_cookies
from esign.web.console.access import LOCKED, PREFIX, Access, Console
from esign.web.console.callers import caller, caller_or_nobody
from esign.web.console.console_services import ConsoleServices
from esign.web.console.live_desk import LiveDesk
from esign.web.console.live_pages import SELLERS, address_of
from esign.web.console.refusals import said_of
from esign.web.handed_over import link_to, tablet_of
from esign.web.rendering import page, words
from esign.web.words import N_

PIN_AT_MOST: Final = 32
_FULL_WIDTH: Final = str.maketrans("0123456789", "0123456789")
_PINS: Final = frozenset({"pin-form", "pin-weak"})
_TWO_DIFFER: Final = N_("两次输入的 PIN 不一样。请再设一次。")
_WRONG: Final = N_("PIN 不对，还可以试 %(left)s 次。试完之后要重新登录。")


class _Tablet:
    """What the pages of the tablet share."""

    def __init__(self, services: ConsoleServices) -> None:
        self.services = services
        self.service = services.service
        self.handovers = services.service.handovers
        self.database = services.service.ports.database
        self.pins = services.door.pins
        self.desk = LiveDesk(services.desk)
        self.acts = services.desk.acts

    def lock(self) -> Handover | None:
        """Return the handover by which the caller's session is locked."""
        with self.database.reading() as session:
            return self.handovers.lock_of(session, caller().session)

    def out(self, note: str) -> AnyResponse:
        """End the session, and lead to the login."""
        who = caller()
        self.services.room.sessions.end_own(who, who.session)
        response = redirect(f"{PREFIX}/login?note={note}", 303)
        staff_cookies.forget_token(response)
        return response

    def ask_pin(self, lock: Handover, said: str | None = None) -> Response:
        """Return the page that asks for the PIN, and leads the signer back as long as they have time."""
        link = f"/s/{link_to(self.service, lock)}" if lock.is_open(self.handovers.now()) else None
        return page("console_tablet.html", 200 if said is None else 422, link=link, said=said)

    def ask_whether(self, envelope: str, recipient: str, said: str | None = None) -> AnyResponse:
        """Return the page that tells what handing over means, and has a PIN set where there is none."""
        who, base = caller(), address_of(envelope)
        seen = self.desk.look(who, envelope)
        one = next((one for one in seen.live.recipients if one.id == recipient), None)
        if one is None:
            raise refusal("no-recipient")
        if not seen.may_act:
            raise staff_refusal("not-allowed")
        if not one.can_be_handed:
            return redirect(base, 303)
        status, has_pin = 200 if said is None else 422, self.pins.has_pin(who)
        return page("console_hand_over.html", status, seen=seen, one=one, base=base, has_pin=has_pin, said=said)

    def set_pin(self) -> str | None:
        """Set the PIN that was typed, if one was or had to be; return what is wrong with it."""
        pin = _typed("pin")
        if not pin and self.pins.has_pin(caller()):
            return None
        if pin != _typed("again"):
            return words().say(_TWO_DIFFER)
        try:
            self.pins.set_own(caller(), Secret(pin), now=self.services.clock())
        except StaffRefused as refused:
            if refused.code not in _PINS:
                raise
            return said_of(refused)
        return None


def declare_tablet_pages(console: Console, services: ConsoleServices) -> None:
    """Declare handing over, the lock, and taking back."""
    tablet = _Tablet(services)
    _declare_handing_over(console, tablet)
    _declare_taking_back(console, tablet)

    @console.page("/awake", to=Access(by_itself=True))
    def awake() -> Response:
        """Tell a page that came to the front again that it may still be shown."""
        return Response(status=204)

    @console.after_request
    def forget_tablet(response: Response) -> Response:
        """Forget the handover in a browser in which somebody of the staff is logged in and not locked."""
        if caller_or_nobody() is not None and cookies.handover() is not None and tablet.lock() is None:
            place = tablet_of(tablet.database, tablet.handovers)
            if place is not None:  # its session was over before the PIN was told: the login did as much
                with tablet.database.transaction() as session:
                    tablet.handovers.give_back(session, place.id, abandoned=True)
            cookies.forget_handover(response, None if place is None else place.recipient)
        return response


def _declare_handing_over(console: Console, tablet: _Tablet) -> None:
    @console.page("/envelopes/<envelope>/live/<recipient>/hand-over", to=SELLERS)
    def handing_over(envelope: str, recipient: str) -> AnyResponse:
        return tablet.ask_whether(envelope, recipient)

    @console.form("/envelopes/<envelope>/live/<recipient>/hand-over", to=SELLERS)
    def hand_over(envelope: str, recipient: str) -> AnyResponse:
        who, live = caller(), tablet.desk.version(caller(), envelope)
        if not any(one.id == recipient and one.can_be_handed for one in live.recipients):
            return tablet.ask_whether(envelope, recipient)
        if (said := tablet.set_pin()) is not None:
            return tablet.ask_whether(envelope, recipient, said)
        with tablet.database.transaction() as session:
            tablet.acts.require(session, who, Act.HAND_OVER, envelope)
            begun = tablet.handovers.begin(
                session, envelope=envelope, recipient=recipient, member=who.member, staff_session=who.session
            )
            tablet.services.room.sessions.keep_until(session, who.session, tablet.services.clock() + LIFE)
        response = redirect(f"/s/{link_to(tablet.service, begun)}", 303)
        cookies.forget_handover(response, recipient)  # a session that this browser had of the signer is none in person
        cookies.keep_handover(response, tablet.handovers.token(begun.id))
        return response


def _declare_taking_back(console: Console, tablet: _Tablet) -> None:
    handovers, database = tablet.handovers, tablet.database

    @console.page("/tablet", to=LOCKED)
    def tablet_locked() -> AnyResponse:
        lock = tablet.lock()
        return redirect(PREFIX, 303) if lock is None else tablet.ask_pin(lock)

    @console.form("/tablet", to=LOCKED)
    def tablet_back() -> AnyResponse:
        lock = tablet.lock()
        if lock is None:
            return redirect(PREFIX, 303)
        with database.transaction() as session:
            left = handovers.take_try(session, lock.id)
        if left is not None and tablet.pins.is_own(caller(), Secret(_typed("pin"))):
            with database.transaction() as session:
                handovers.give_back(session, lock.id)
                tablet.services.room.sessions.keep_until(session, caller().session, tablet.services.clock())
            response = redirect(address_of(lock.envelope), 303)
            cookies.forget_handover(response, lock.recipient)
            return response
        with database.transaction() as session:
            handovers.refuse_pin(session, lock.id)
        return tablet.ask_pin(lock, words().say(_WRONG, left=left)) if left else tablet.out("guessed")

    @console.form("/tablet/leave", to=LOCKED)
    def tablet_leave() -> AnyResponse:
        lock = tablet.lock()
        if lock is None:
            return redirect(PREFIX, 303)
        with database.transaction() as session:
            handovers.give_back(session, lock.id, abandoned=True)
        response = tablet.out("out")
        cookies.forget_handover(response, lock.recipient)
        return response


def _typed(name: str) -> str:
    return request.form.get(name, "").translate(_FULL_WIDTH).replace(" ", "")[:PIN_AT_MOST]
