"""The customer asks for a person: nothing more is decided by itself, and somebody calls them."""

from __future__ import annotations

from typing import Final

from sqlalchemy.orm import Session

from claims.domain import commands as c
from claims.service.office import Office
from esign.public.events import retried
from esign.public.rows import new_id

CALL_BACK: Final = "cbk"


def ask_for_person(office: Office, claim: str, *, actor: str) -> None:
    """Take down that a person is wanted, and to be called by. Doing it again changes nothing.

    Raises `ClaimRefused` where the claim is over.
    """

    def work(session: Session) -> None:
        office.claims.hold(session, claim)
        state = office.get(session, claim)
        now = office.now(session, state)
        commands: list[c.Command] = [c.AskForPerson(at=now)]
        if not state.person_asked:
            commands.append(c.AskCallBack(at=now, callback=new_id(CALL_BACK, now)))
        office.execute(session, claim, *commands, actor=actor)

    retried(office.house.database, work)


def ask_for_call(office: Office, claim: str, *, actor: str) -> None:
    """Have the customer of a claim that is over called: nothing is decided by it. One call waits at a time.

    Raises `ClaimRefused` where nobody is called about the claim any more.
    """

    def work(session: Session) -> None:
        office.claims.hold(session, claim)
        state = office.get(session, claim)
        now = office.now(session, state)
        if all(one.done for one in state.callbacks):
            office.execute(session, claim, c.AskCallBack(at=now, callback=new_id(CALL_BACK, now)), actor=actor)

    retried(office.house.database, work)
