"""Traces of devices and networks: what tells that two people came from one place, and nothing else of either.

A browser has a mark of its own, random and in a cookie; an address is that of the network, exact for IPv4 and the
first 64 bits of IPv6, of which a household has one. Both are kept as digests under the search index's key: whoever has
the database alone can compare them and not read them. An address of a private network tells nothing and is not kept.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import IPv4Address, IPv6Address, ip_address
from typing import Final

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from esign.ceremony.signal_models import SessionTrace, StaffTrace
from esign.infra.keystore import KeyStore
from esign.infra.statements import insert_if_absent, rows_changed

KEPT: Final = timedelta(days=90)
"""How long a trace is compared and kept."""
LOGIN_NEAR: Final = timedelta(hours=24)
"""How long after a login of staff its network is compared: addresses change hands."""

_HOUSEHOLD_BYTES: Final = 8
_MARK: Final = re.compile(r"[0-9A-Za-z_-]{22,64}", re.ASCII)
_ADD_STAFF: Final = insert_if_absent(StaffTrace, "digest", "member", "seen_at")


@dataclass(frozen=True)
class Place:
    """Where somebody acts: keyed digests, each None where nothing can be told."""

    browser: bytes | None
    network: bytes | None


class Traces:
    """Makes, keeps and compares traces in the caller's transaction."""

    def __init__(self, keys: KeyStore) -> None:
        self._keys = keys

    def place(self, browser: str | None, address: str | None) -> Place:
        """Return the place of the browser's mark and the address as text; what is neither is left out."""
        mark = browser if browser is not None and _MARK.fullmatch(browser) else None
        network = None if address is None else _network(address)
        return Place(
            None if mark is None else self._keys.index_digest(b"browser\x00" + mark.encode()),
            None if network is None else self._keys.index_digest(b"network\x00" + network),
        )

    def keep(
        self,
        session: Session,
        place: Place,
        *,
        device: str,
        record: str,
        envelope: str,
        recipient: str,
        in_person: bool,
        at: datetime,
    ) -> None:
        """Keep where a recipient was identified. A place of which nothing is told leaves no trace."""
        if place.browser is None and place.network is None:
            return
        session.add(
            SessionTrace(
                device=device,
                record=record,
                envelope=envelope,
                recipient=recipient,
                browser=place.browser,
                network=place.network,
                in_person=in_person,
                at=at,
            )
        )
        session.flush()

    def note_staff(self, session: Session, member: str, place: Place, *, at: datetime) -> None:
        """Keep where a member of staff logged in."""
        for digest in (place.browser, place.network):
            if digest is None:
                continue
            row = {"digest": digest, "member": member, "seen_at": at}
            if not rows_changed(session.execute(_ADD_STAFF, row)):
                seen = update(StaffTrace).where(StaffTrace.digest == digest, StaffTrace.member == member)
                session.execute(seen.values(seen_at=at).execution_options(synchronize_session=False))

    def staff_at(self, session: Session, digest: bytes | None, *, since: datetime) -> str | None:
        """Return the member of staff who logged in there last, or None where nobody did since then."""
        if digest is None:
            return None
        return session.scalar(
            select(StaffTrace.member)
            .where(StaffTrace.digest == digest, StaffTrace.seen_at >= since)
            .order_by(StaffTrace.seen_at.desc(), StaffTrace.member)
            .limit(1)
        )

    def forget_old(self, session: Session, now: datetime) -> int:
        """Delete traces that have lasted their time; return how many. For the sweep."""
        unseen = {"synchronize_session": False}
        recipients = delete(SessionTrace).where(SessionTrace.at < now - KEPT).execution_options(**unseen)
        staff = delete(StaffTrace).where(StaffTrace.seen_at < now - KEPT).execution_options(**unseen)
        return rows_changed(session.execute(recipients)) + rows_changed(session.execute(staff))


def forget_trace(session: Session, record: str) -> None:
    """Forget where somebody was identified; done where the record of it is erased (`PersonalRecords`)."""
    session.execute(delete(SessionTrace).where(SessionTrace.record == record))


def _network(address: str) -> bytes | None:
    """Return the network that the address tells of, as bytes; None for what is no public address."""
    try:
        known: IPv4Address | IPv6Address = ip_address(address.partition("%")[0])
    except ValueError:
        return None
    if isinstance(known, IPv6Address) and known.ipv4_mapped is not None:
        known = known.ipv4_mapped
    if not known.is_global:
        return None
    return known.packed if isinstance(known, IPv4Address) else known.packed[:_HOUSEHOLD_BYTES]
