"""Who a link invites, as things stand: for the pages before there is a session."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from flask import g

from esign.api.link_limits import require_link
from esign.ceremony.domain.rules import CODE_LIFE, CODE_TRIES
from esign.ceremony.domain.state import Recipient
from esign.ceremony.domain.values import RecipientState
from esign.ceremony.entrance import Invitation
from esign.ceremony.errors import LinkRefused
from esign.web.handed_over import session_here
from esign.web.page_services import PageServices
from esign.web.rendering import speak

SEND_AGAIN_AFTER: Final = timedelta(seconds=60)
_ENDED: Final = frozenset({"envelope-declined", "envelope-expired", "envelope-voided", "envelope-draft"})
_LATER: Final = frozenset({RecipientState.CONFIRMED, RecipientState.SIGNED, RecipientState.SIGNING_FAILED})


@dataclass(frozen=True)
class Invited:
    """An invitation with what is known of its codes. Times are those of the client's clock."""

    link: str
    shown: Invitation
    recipient: Recipient
    now: datetime
    is_elsewhere: bool = False
    """Whether the recipient signs on a tablet that was handed over, and this is another browser."""

    @property
    def home(self) -> str:
        return f"/s/{self.link}"

    @property
    def is_copy(self) -> bool:
        return not self.recipient.plan.signs

    @property
    def is_completed(self) -> bool:
        return self.shown.envelope_state == "completed"

    @property
    def has_confirmed(self) -> bool:
        """Whether the recipient's own part is done, whatever is left to others and to us."""
        return self.recipient.state in _LATER

    @property
    def hindrance(self) -> str | None:
        """The code of why there is nothing to sign here, or not yet."""
        state = self.recipient.state
        if state is RecipientState.DECLINED:
            return "recipient-declined"
        if state is RecipientState.REPLACED:
            return "recipient-replaced"
        ended = f"envelope-{self.shown.envelope_state.replace('_', '-')}"
        if ended in _ENDED:
            return ended
        return None if self.is_completed else self._delay

    @property
    def _delay(self) -> str | None:
        """The code of why there is nothing to sign here yet."""
        if self.is_copy:
            return "copy-never-signs"
        if self.recipient.state is RecipientState.PENDING:
            return "not-your-turn"
        return "handed-over" if self.is_elsewhere else None

    @property
    def code_ends(self) -> datetime | None:
        """Until when the code that was sent last is good; None where none is."""
        code = self.recipient.open_code
        ends = None if code is None else code.at + CODE_LIFE
        return ends if ends is not None and self.now < ends else None

    @property
    def again_in(self) -> int:
        """After how many seconds another code may be sent."""
        code = self.recipient.open_code
        if code is None:
            return 0
        return max(0, int((code.at + SEND_AGAIN_AFTER - self.now).total_seconds()) + (self.now >= code.at))

    @property
    def tries_left(self) -> int:
        return CODE_TRIES - self.recipient.failed_tries if self.recipient.open_code else 0


def invited_by(services: PageServices, link: str) -> Invited:
    """Return whom the link invites; nothing changes. Raises `LinkRefused`, `TooManyRequests`, `RecordErased`."""
    service = services.service
    require_link(service.entrance, services.rates, link, services.link_limits.link)
    shown = service.entrance.look(link)
    with service.ports.database.reading() as session:
        envelope = service.envelopes.of_recipient(session, shown.recipient)
        now = service.clocks.now(session, envelope.client)
        place = service.handovers.open_for(session, shown.recipient)
    speak(shown.recipient, shown.locale)
    here = g.get("tablet")
    is_elsewhere = place is not None and (here is None or here.id != place.id)
    return Invited(link, shown, envelope.recipient(shown.recipient), now, is_elsewhere)


def has_session(services: PageServices, recipient: str) -> bool:
    """Tell whether this browser has a session of the recipient that goes on."""
    token = session_here(services.service.tokens, recipient)
    if not token:
        return False
    try:
        return services.service.ceremony.admit(token).recipient.id == recipient
    except LinkRefused:
        return False
