"""The PIN by which a salesperson takes their tablet back: six digits, which nobody guesses in five tries.

It opens nothing by itself: it ends a handover in a session that is logged in already. What is wrong with a new one is
told; five wrong ones end the session, so that the login is asked (`esign.ceremony.handovers` counts them).
"""

from __future__ import annotations

import re
from datetime import datetime
from itertools import pairwise
from typing import Final

from sqlalchemy.orm import Session

from esign.infra.secret import Secret
from esign.staff.actors import Caller, name_of
from esign.staff.credentials import Credentials
from esign.staff.domain.refusal import refusal
from esign.staff.passwords import Passwords
from esign.staff.recording import StaffRecords
from esign.staff.rights import present
from esign.staff.sessions import Sessions
from esign.trail.event import EventType
from esign.trail.log import Trail, stream_version
from esign.trail.vocabulary import Vocabulary

SET: Final = EventType("pin.set")
VOCABULARY: Final = Vocabulary((SET,))
DIGITS: Final = 6
_FORM: Final = re.compile(rf"[0-9]{{{DIGITS}}}", re.ASCII)
_KEYPAD: Final = frozenset({"147258", "258369", "159357", "357159", "147852", "741852", "963852", "789456", "456123"})
"""Ways over a keypad that hands take by themselves."""
_SAID: Final = frozenset({"520520", "521521", "131452", "521314", "201314", "520131", "168168", "888666", "666888"})
"""Numbers that read like words."""


class Pins:
    """Sets and checks PINs, each time in a transaction of its own. No transaction is open while a hash is made."""

    def __init__(
        self, records: StaffRecords, credentials: Credentials, sessions: Sessions, passwords: Passwords
    ) -> None:
        self._records = records
        self._credentials = credentials
        self._sessions = sessions
        self._passwords = passwords
        self._trail = Trail(VOCABULARY)

    def has_pin(self, caller: Caller) -> bool:
        """Tell whether the caller has set one."""
        with self._records.database.reading() as session:
            return self._credentials.pin_hash(session, caller.member) is not None

    def set_own(self, caller: Caller, pin: Secret, *, now: datetime) -> None:
        """Set the caller's PIN. Raises `StaffRefused`: `pin-form`, `pin-weak`, `session-over`."""
        require_good_pin(pin)
        hashed = self._passwords.hashed(pin)

        def work(session: Session) -> None:
            present(session, self._sessions, caller)
            self._records.hold_member(session, caller.member)
            self._credentials.set_pin(session, caller.member, hashed, at=now)
            stream = f"pins/{caller.member}"
            event = SET(member=caller.member)
            self._trail.append(
                session, stream, stream_version(session, stream), [event], actor=name_of(caller), time=now
            )

        self._records.in_transaction(work)

    def is_own(self, caller: Caller, pin: Secret) -> bool:
        """Tell whether this is the caller's PIN; in the same time, whatever is told. Whoever asks counts the tries."""
        with self._records.database.reading() as session:
            stored = self._credentials.pin_hash(session, caller.member)
        return self._passwords.check(stored, pin)


def require_good_pin(pin: Secret) -> None:
    """Raise `StaffRefused` unless it may be a PIN: `pin-form` (not six digits), `pin-weak` (tried first by anybody)."""
    plain = pin.reveal()
    if not _FORM.fullmatch(plain):
        raise refusal("pin-form")
    steps = {(int(after) - int(before)) % 10 for before, after in pairwise(plain)}
    in_pairs = plain[0::2] == plain[1::2]
    repeated = plain[:3] * 2 == plain or plain[:2] * 3 == plain
    mirrored = plain[:3] == plain[:2:-1]
    if len(steps) == 1 or in_pairs or repeated or mirrored or len(set(plain)) <= 2 or plain in _KEYPAD | _SAID:
        raise refusal("pin-weak")
