"""The staff room put together: what pages and commands call."""

from __future__ import annotations

from dataclasses import dataclass

from esign.infra.database import Database
from esign.infra.keystore import KeyStore
from esign.infra.personal_records import PersonalRecords
from esign.staff.accounts import Accounts
from esign.staff.approval_lists import ApprovalLists
from esign.staff.approvals import Approvals
from esign.staff.credentials import Credentials
from esign.staff.directory import Directory
from esign.staff.entrance import Entrance, LoginLimits
from esign.staff.institutions import Institutions
from esign.staff.known_browsers import KnownBrowsers
from esign.staff.own_account import OwnAccount
from esign.staff.passwords import HashCost, Passwords
from esign.staff.pins import Pins
from esign.staff.recording import StaffRecords
from esign.staff.sessions import Sessions


@dataclass(frozen=True)
class StaffRoom:
    records: StaffRecords
    institutions: Institutions
    accounts: Accounts
    directory: Directory
    approvals: Approvals
    approval_lists: ApprovalLists
    sessions: Sessions


@dataclass(frozen=True)
class StaffDoor:
    """What members themselves do: log in, and look after their own accounts. It hashes passwords, so it is apart."""

    entrance: Entrance
    own_account: OwnAccount
    pins: Pins


def staff_room(database: Database, keys: KeyStore) -> StaffRoom:
    """Return the room over this database and these keys."""
    records, personal, sessions = StaffRecords(database), PersonalRecords(keys), Sessions(database)
    institutions = Institutions(records, personal, sessions)
    approvals, lists = Approvals(records, personal, sessions), ApprovalLists(database, sessions)
    accounts = Accounts(records, personal, Credentials(keys), sessions, institutions, approvals)
    directory = Directory(records, personal, sessions, Credentials(keys))
    return StaffRoom(records, institutions, accounts, directory, approvals, lists, sessions)


def staff_door(
    room: StaffRoom, keys: KeyStore, limits: LoginLimits, *, issuer: str, cost: HashCost | None = None
) -> StaffDoor:
    """Return the door to the room. `issuer` is shown by authenticator apps; `cost` is for tests."""
    passwords, credentials = Passwords(cost), Credentials(keys)
    return StaffDoor(
        Entrance(room.records, credentials, room.sessions, passwords, KnownBrowsers(keys), limits),
        OwnAccount(room.records, PersonalRecords(keys), credentials, room.sessions, passwords, issuer=issuer),
        Pins(room.records, credentials, room.sessions, passwords),
    )
