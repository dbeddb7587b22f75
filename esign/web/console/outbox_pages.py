"""The outbox in test mode: what a customer would get, with its codes and links, and a QR code for a phone beside."""

from __future__ import annotations

import re
from typing import Final

from flask import Response, request

from esign.ceremony.domain.refusal import refusal
from esign.infra.ids import is_id
from esign.infra.messages import OutboxEntry
from esign.web.console import envelope_words as said
from esign.web.console.access import Console
from esign.web.console.callers import caller
from esign.web.console.console_services import ConsoleServices
from esign.web.console.envelope_pages import SEES_ENVELOPES
from esign.web.qr_code import qr_code
from esign.web.rendering import page

_LINK: Final = re.compile(r"https?://[^\s，。、；）)]+")


def declare_outbox_pages(console: Console, services: ConsoleServices) -> None:
    """Declare the outbox. In live mode there is no such page, and no entry that leads to it."""
    if not services.desk.outbox.is_there:
        return

    @console.page("/outbox", to=SEES_ENVELOPES)
    def outbox() -> Response:
        envelope, before = request.args.get("envelope") or None, request.args.get("before") or None
        if envelope is not None and not is_id("env", envelope):
            raise refusal("no-envelope")
        entries, following = services.desk.outbox.page(
            caller(), envelope=envelope, before=before if before and is_id("msg", before) else None
        )
        return page(
            "console_outbox.html",
            entries=[(one, _link_in(one)) for one in entries],
            kinds={**console.kinds, **said.MESSAGES},
            following=following,
            envelope=envelope,
            before=before,
            qr_code=qr_code,
        )


def _link_in(entry: OutboxEntry) -> str | None:
    """Return the link that a message holds, None where it has none."""
    found = None if entry.composed is None else _LINK.search(entry.composed.words.text)
    return None if found is None else found[0]
