"""The room's own register of motor policies: entered by clients, kept sealed, each version for good."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from claims.hotline.policy_keys import enter_keys, enter_new_keys
from claims.models import MotorPolicyRow, MotorPolicyVersion
from claims.motor_policy import MotorPolicy, digest_of, encode_motor_policy, parse_motor_policy
from claims.refusals import refused
from esign.public.house import House
from esign.public.people import SearchField, ToKeep
from esign.public.rows import among, insert_rows, new_id, table_of

NUMBER: Final = re.compile(r"[A-Z]{2}[0-9]{6,18}", re.ASCII)

_COLUMNS: Final = ("number", "client", "record", "digest", "starts_on", "ends_on", "updated_at")
_POLICIES: Final = table_of(MotorPolicyRow)
_NUMBER: Final = _POLICIES.c.number
_REGISTERED: Final = select(_NUMBER, _POLICIES.c.record, _POLICIES.c.digest).where(
    _POLICIES.c.client == bindparam("by", type_=_POLICIES.c.client.type)
)


@dataclass(frozen=True)
class Registered:
    """A motor policy as it is in the register: its record and digest, and what it says."""

    record: str
    digest: str
    policy: MotorPolicy


class Register:
    """Takes and finds motor policies."""

    def __init__(self, house: House) -> None:
        self._house = house

    def put(self, client: str, policy: MotorPolicy) -> Registered:
        """Register a policy, or its next version; exactly the same again changes nothing.

        Raises `ClaimRefused` (`motor-policy-number`, `no-motor-policy` where it is another client's).
        """
        with self._house.database.transaction() as session:
            return self.put_in(session, client, policy)

    def put_in(self, session: Session, client: str, policy: MotorPolicy) -> Registered:
        """Do as `put` in the caller's transaction."""
        if not NUMBER.fullmatch(policy.number):
            raise refused("motor-policy-number")
        encoded = encode_motor_policy(policy)
        digest = digest_of(encoded)
        known = session.get(MotorPolicyRow, policy.number, with_for_update=True)
        if known is not None and known.client != client:
            raise refused("no-motor-policy")
        if known is not None and known.digest == digest:
            return Registered(known.record, digest, policy)
        now = self._house.clocks.now(session, client)
        record = new_id("mpr", now)
        self._house.records.keep(session, record, "motor-policy", encoded, at=now, find_by=_found_by(policy))
        row = known or MotorPolicyRow(number=policy.number, client=client)
        row.record, row.digest, row.updated_at = record, digest, now
        row.starts_on, row.ends_on = policy.starts_on, policy.ends_on
        session.add(row)
        session.add(MotorPolicyVersion(record=record, number=policy.number, digest=digest, made_at=now))
        enter_keys(session, self._house, policy, again=known is not None)
        return Registered(record, digest, policy)

    def put_many(self, client: str, policies: Sequence[MotorPolicy]) -> None:
        """Register many policies of a client in one transaction, of all or of none. Raises as `put` does."""
        with self._house.database.transaction() as session:
            numbers = [one.number for one in policies]
            known = set(session.scalars(select(MotorPolicyRow.number).where(among(session, _NUMBER, numbers))))
            new = {one.number: one for one in reversed(policies) if one.number not in known}  # of two, the first
            self._enter(session, client, list(new.values()))
            for policy in policies:
                if new.get(policy.number) is not policy:  # known before, or told twice here
                    self.put_in(session, client, policy)

    def _enter(self, session: Session, client: str, policies: Sequence[MotorPolicy]) -> None:
        """Register policies that nobody has registered yet."""
        now = self._house.clocks.now(session, client)
        records, rows, versions = [], [], []
        for policy in policies:
            if not NUMBER.fullmatch(policy.number):
                raise refused("motor-policy-number")
            encoded, record = encode_motor_policy(policy), new_id("mpr", now)
            digest = digest_of(encoded)
            records.append(ToKeep(record, "motor-policy", encoded, now, _found_by(policy)))
            rows.append((policy.number, client, record, digest, policy.starts_on, policy.ends_on, now))
            versions.append((record, policy.number, digest, now))
        self._house.records.keep_many(session, records)
        insert_rows(session, table_of(MotorPolicyRow), _COLUMNS, rows)
        insert_rows(session, table_of(MotorPolicyVersion), ("record", "number", "digest", "made_at"), versions)
        enter_new_keys(session, self._house, policies)

    def find(self, session: Session, client: str, number: str) -> Registered:
        """Return a client's policy as it is registered now. Raises `ClaimRefused` (`no-motor-policy`)."""
        return self.find_many(session, client, (number,))[number]

    def find_many(self, session: Session, client: str, numbers: Collection[str]) -> dict[str, Registered]:
        """Return many policies of a client, by number, in two questions to the database. Raises as `find` does."""
        wanted = list(dict.fromkeys(numbers))
        rows = session.execute(_REGISTERED.where(among(session, _NUMBER, wanted)), {"by": client}).all()
        if len(rows) < len(wanted):
            raise refused("no-motor-policy")
        records = self._house.records.read_many(session, [row.record for row in rows])
        return {row.number: Registered(row.record, row.digest, parse_motor_policy(records[row.record])) for row in rows}

    def in_force(self, session: Session, client: str, number: str, day: date) -> Registered:
        """Return a client's policy, which must be in force on a day.

        Raises `ClaimRefused` (`no-motor-policy`, `motor-policy-not-in-force`).
        """
        return require_in_force(self.find(session, client, number), day)


def require_in_force(found: Registered, day: date) -> Registered:
    """Return the policy. Raises `ClaimRefused` (`motor-policy-not-in-force`) where it is not in force on a day."""
    if not found.policy.covers_day(day):
        raise refused("motor-policy-not-in-force", (day.isoformat(),))
    return found


def _found_by(policy: MotorPolicy) -> list[tuple[SearchField, str]]:
    insured = policy.insured
    found = [(SearchField.NAME, insured.name), (SearchField.PHONE, insured.phone)]
    return found if insured.id_number is None else [*found, (SearchField.ID_NUMBER, insured.id_number)]
