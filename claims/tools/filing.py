"""Forms are filed: once, whatever the connection did; kept sealed; together with the commands that they lead to.

The id of a form is given out with the page. The same form that comes twice changes nothing and is told so.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any, Final, TypeAlias

from sqlalchemy.orm import Session

from claims.domain import Claim
from claims.domain import commands as c
from claims.handling.allowed import require_allowed
from claims.handling.phones import require_phone
from claims.handling.sight import require_seen
from claims.refusals import refused
from claims.service.office import Office
from claims.tools.fields import Value
from claims.tools.tool import USERS, Tool
from esign.public.console import Caller, staff_actor
from esign.public.events import read_stream, retried
from esign.public.people import RecordErased, SearchField
from esign.public.rows import new_id
from esign.public.values import encode_canonical

FORM, RECORD = "frm", "cfm"
KIND: Final = "claim-form"
SECONDS_AT_MOST: Final = 86_400
FILED: Final = "claim.form-filed"
_FOUND_BY: Final = {"name": SearchField.NAME, "driver": SearchField.NAME, "phone": SearchField.PHONE}
"""Whom a form is about, by the field that names them: so that their copy, and their erasure, find it."""


@dataclass(frozen=True)
class Sent:
    """How a form came: its id, the seconds that were spent in it, and the phone it was filled on."""

    form: str
    seconds: int
    device: str | None = None

    @property
    def tail(self) -> str:
        """What the ids of all that the form makes end in."""
        return self.form.partition("_")[2]


@dataclass(frozen=True)
class Filed:
    """A form as it was filed; `said` is None where the record is erased."""

    form: str
    tool: Tool
    record: str
    at: datetime
    by: str
    seconds: int
    said: Mapping[str, Value] | None


@dataclass(frozen=True)
class Made:
    """What a form's commands are made of: the claim as it stands, the time, and the record of the form."""

    claim: str
    state: Claim
    at: datetime
    record: str
    digest: str


CommandsOf: TypeAlias = Callable[[Session, Made], Sequence[c.Command]]


class Filing:
    """Files forms."""

    def __init__(self, office: Office) -> None:
        self._office = office

    def file(
        self, who: Caller, claim: str, tool: Tool, sent: Sent, said: Mapping[str, Value], commands_of: CommandsOf
    ) -> bool:
        """File a form and give its commands, in one transaction; return False where it was filed before.

        Raises `ClaimRefused` where the claim does not take them, or the role may not, and then nothing is kept.
        """
        if USERS[tool].isdisjoint(who.roles):
            raise refused("claim-not-allowed")
        content = encode_canonical({"tool": tool.value, "said": _plain(said)})

        def work(session: Session) -> bool:
            self._office.claims.hold(session, claim)
            require_seen(session, who, claim)
            require_phone(session, sent.device)
            state = self._office.get(session, claim)
            if sent.form in state.known:
                return False
            now = self._office.now(session, state)
            made = Made(claim, state, now, new_id(RECORD, now), sha256(content).hexdigest())
            filed = c.FileForm(
                at=now,
                form=sent.form,
                tool=tool.value,
                record=made.record,
                digest=made.digest,
                seconds=min(max(sent.seconds, 0), SECONDS_AT_MOST),
                by=who.member,
                device=sent.device,
            )
            commands = commands_of(session, made)
            for one in (filed, *commands):
                require_allowed(who, type(one), state)
            self._office.house.records.keep(session, made.record, KIND, content, at=now, find_by=_found_by(said))
            self._office.execute(session, claim, filed, *commands, actor=staff_actor(who.member))
            return True

        return retried(self._office.house.database, work)

    def of(self, session: Session, claim: str) -> Sequence[Filed]:
        """Return the forms of a claim, the first first."""
        return [
            Filed(
                str(event.payload["form"]),
                Tool(str(event.payload["tool"])),
                str(event.payload["record"]),
                event.time,
                str(event.payload["by"]),
                int(str(event.payload["seconds"])),
                self._said(session, str(event.payload["record"])),
            )
            for event in read_stream(session, claim)
            if event.type == FILED and event.payload["tool"] in set(Tool)
        ]

    def _said(self, session: Session, record: str) -> Mapping[str, Value] | None:
        try:
            return said_in(self._office.house.records.read(session, record))
        except RecordErased:
            return None


def said_in(data: bytes) -> Mapping[str, Value]:
    """Return what a form says, by field, as its record has it."""
    told: Mapping[str, Any] = json.loads(data)["said"]
    return {name: tuple(value) if isinstance(value, list) else value for name, value in told.items()}


def new_form(office: Office) -> str:
    """Return the id of a form that is about to be filled in."""
    return new_id(FORM, office.house.clock())


def _found_by(said: Mapping[str, Value]) -> list[tuple[SearchField, str]]:
    return [(field, value) for name, field in _FOUND_BY.items() if isinstance(value := said.get(name), str)]


def _plain(said: Mapping[str, Value]) -> dict[str, Any]:
    """Return what is known, and nothing of what nobody filled in."""
    return {
        name: list(value) if isinstance(value, tuple) else value
        for name, value in said.items()
        if value is not None and value != ()
    }
