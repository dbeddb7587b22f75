"""Acts at the machine that take two people: the option that names their approval, and the act with it, in one piece."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Final, TypeVar

import click
from sqlalchemy.orm import Session

from esign.ceremony.domain.refusal import refusal
from esign.ceremony.models import EnvelopeRow
from esign.infra.database import Database
from esign.infra.keystore import open_key_store
from esign.infra.settings import Settings
from esign.staff.domain.roles import ApprovalKind
from esign.staff.room import staff_room
from esign.staff.two_people import Behind, behind_operator

Done = TypeVar("Done")

approval_option: Final = click.option(
    "--approval", help="Id of the approval, given in the console; needed as soon as two people could give it."
)


def institution_of(session: Session, envelope: str) -> str | None:
    """Return whose an envelope is. Raises `Refusal` (`no-envelope`)."""
    row = session.get(EnvelopeRow, envelope)
    if row is None:
        raise refusal("no-envelope")
    return row.institution


def done_by_two(
    settings: Settings,
    database: Database,
    approval: str | None,
    kind: ApprovalKind,
    subject: str,
    act: Callable[[Session, Behind], Done],
    *,
    now: datetime,
    place: Callable[[Session, str], str | None] = institution_of,
) -> Done:
    """Use the approval up and do the act about the subject, in one transaction; return what the act does.

    `place` returns the institution of the subject, of an envelope if nothing else is said. Raises as `place` and
    `behind_operator` do, and what the act raises: then the approval is not used.
    """
    approvals = staff_room(database, open_key_store(settings.keys)).approvals
    with database.transaction() as session:
        behind = behind_operator(session, approvals, approval, kind, subject, place(session, subject), now=now)
        return act(session, behind)
