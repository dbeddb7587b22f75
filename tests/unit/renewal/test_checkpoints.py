"""Checkpoints keep a valid timestamp: many under one fresh one, that one under the next, and every edit is found."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import delete, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from ca.authority import EmbeddedAuthority, create_authority, open_authority
from ca.errors import TrustServiceUnavailable
from ca.remote import FirstRevocationSource
from ca.trust import TrustAnchor, TrustStore
from esign.ceremony.models import Task
from esign.ceremony.tasks import Tasks
from esign.infra.database import Database, open_database
from esign.infra.exclusive import Exclusive
from esign.renewal.chain import Head, Judging, Link, Stamped, judge_chain, parse_head
from esign.renewal.checkpoint_rows import data_of, renewals_of
from esign.renewal.checkpoints import CheckpointRenewer
from esign.renewal.models import RenewalData, RenewedTimestamp, TimestampRenewal
from esign.renewal.renewing import Authorities
from esign.trail.checkpoint import Checkpoint, Origin, sign_checkpoint, timestamp_checkpoint
from esign.trail.models import TrailCheckpoint
from esign.trail.note import Ed25519NoteKey
from esign.verify.trust.algorithm_constraints import default_constraints
from tests.authority import PASSPHRASE, SettableClock
from tests.databases import *  # noqa: F403
from tests.databases import create_tables
from tests.unit.renewal.authorities import Down
from tests.unit.renewal.test_thirty_years import Lists

BEGUN = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)
YEAR = timedelta(days=365)
KEY = Ed25519NoteKey(Ed25519PrivateKey.from_private_bytes(bytes(range(32))))
CHECKPOINTS = 5


class NoQueue:
    """A queue of jobs that nobody reads: the tests run the tasks."""

    def enqueue(self, _session: Session, _kind: str, _subject: str, *, key: str) -> None:
        assert key

    def waits(self, _session: Session, _key: str) -> bool:
        return False


@dataclass
class Log:
    """A log whose clock is moved, and the authorities that stamped for it one after another."""

    database: Database
    folder: Path
    clock: SettableClock
    authorities: list[EmbeddedAuthority] = field(default_factory=list)
    anchors: list[TrustAnchor] = field(default_factory=list)

    @classmethod
    def open(cls, database: Database, folder: Path) -> Log:
        """The first authority is nine years old: its timestamps end in eleven."""
        log = cls(database, folder, SettableClock(BEGUN - 9 * YEAR))
        log.found()
        log.clock.time = BEGUN
        for size in range(1, CHECKPOINTS + 1):
            log.publish(size)
        return log

    def found(self) -> None:
        """Make a new authority now; it stamps from here on, and each root is believed for twenty years."""
        folder = self.folder / f"ca-{len(self.authorities)}"
        create_authority(folder, passphrase=PASSPHRASE, clock=self.clock)
        self.authorities.append(open_authority(folder, passphrase=PASSPHRASE, clock=self.clock))
        (root,) = self.authorities[-1].trust_store().anchors
        self.anchors.append(replace(root, since=self.clock.time, until=self.clock.time + 20 * YEAR))

    def publish(self, size: int) -> None:
        """Keep a checkpoint of that size, stamped now."""
        root = hashlib.sha256(bytes([size])).digest()
        signed = sign_checkpoint(Checkpoint(Origin("log.example/trail"), size, root), KEY)
        token = timestamp_checkpoint(signed, self.authorities[-1].timestamp_authority).token
        with self.database.transaction() as session:
            session.add(
                TrailCheckpoint(
                    size=size,
                    epoch=1,
                    log="log.example/trail",
                    note=signed.encode(),
                    token=token.der,
                    time=token.gen_time,
                )
            )

    @property
    def trust(self) -> TrustStore:
        return TrustStore(tuple(self.anchors))

    def renewer(self, **changes: object) -> CheckpointRenewer:
        revocation = FirstRevocationSource(*(Lists(one.revocation) for one in self.authorities))
        stamping = self.authorities[-1].timestamp_authority
        usual = Authorities(stamping, revocation, self.trust, default_constraints(), self.clock)
        authorities = replace(usual, **changes)  # type: ignore[arg-type]
        return CheckpointRenewer(self.database, Tasks(NoQueue()), authorities, Exclusive(self.database))

    def tasks(self) -> list[tuple[str, str | None]]:
        with self.database.reading() as session:
            return [(task.id, task.failure) for task in session.scalars(select(Task))]

    def renew(self) -> int:
        renewer = self.renewer()
        entered = renewer.sweep()
        for task, _failure in self.tasks():
            renewer.run(task)
        assert self.tasks() == []
        return entered

    def carry(self) -> None:
        """Go through 25 years: the second authority renews in the eleventh, the third in the twenty-fifth."""
        for founded, year in ((5.2, 10.9), (24.7, 25.0)):
            self.clock.time = BEGUN + founded * YEAR
            self.found()
            self.clock.time = BEGUN + year * YEAR
            assert self.renew() == 1

    def chain(self, number: int = 0) -> tuple[Stamped, Sequence[Link], Judging]:
        """Return the chain of a checkpoint, and by what it is judged in thirty years."""
        with self.database.reading() as session:
            row = session.scalars(select(TrailCheckpoint).order_by(TrailCheckpoint.size)).all()[number]
            links = renewals_of(session, row.note)
            data = data_of(session, links)
            first = Stamped(row.note, row.token)
        return first, links, Judging(self.trust, None, BEGUN + 30 * YEAR, data)


@pytest.fixture(scope="module")
def carried(tmp_path_factory: pytest.TempPathFactory) -> Log:
    folder = tmp_path_factory.mktemp("log")
    database = open_database(f"sqlite:///{folder}/log.db")
    create_tables(database)
    log = Log.open(database, folder)
    log.carry()
    return log


def codes(first: Stamped, links: Sequence[Link], judging: Judging) -> set[tuple[str, int]]:
    return {(fault.code, fault.at) for fault in judge_chain(first, links, judging).faults}


def test_after_thirty_years_and_three_authorities_each_checkpoint_has_its_time_proven(carried: Log) -> None:
    for number in range(CHECKPOINTS):
        first, links, judging = carried.chain(number)
        verdict = judge_chain(first, links, judging)
        assert (verdict.faults, verdict.proven_since) == ((), BEGUN)
        assert len(links) == 2


def test_one_timestamp_covers_them_all_and_one_covers_that(carried: Log) -> None:
    heads = [[parse_head(link.stamped.content).size for link in carried.chain(number)[1]] for number in (0, 4)]
    assert heads == [[CHECKPOINTS, 1], [CHECKPOINTS, 1]]
    (due,) = carried.renewer().dues()
    assert (due.checkpoints, due.year) == (1, 2071)


def test_a_checkpoint_that_nobody_renewed_proves_no_time_any_more(carried: Log) -> None:
    first, links, judging = carried.chain()
    assert codes(first, links[:1], judging) == {("renewal-timestamp-open", 0), ("renewal-timestamp-open", 1)}
    assert codes(first, [], judging) == {("renewal-timestamp-open", 0)}


def _changed(value: bytes) -> bytes:
    return value[:-1] + bytes([value[-1] ^ 1])


def _other_root(link: Link) -> Link:
    head = parse_head(link.stamped.content)
    return replace(link, stamped=replace(link.stamped, content=replace(head, root=bytes(32)).encode()))


TAMPERED: dict[str, tuple[Callable[[Stamped, list[Link]], tuple[Stamped, list[Link]]], tuple[str, int]]] = {
    "the note": (
        lambda first, links: (replace(first, content=_changed(first.content)), links),
        ("renewal-timestamp-wrong", 0),
    ),
    "its token": (
        lambda first, links: (replace(first, token=_changed(first.token)), links),
        ("renewal-not-covering", 1),
    ),
    "a head": (
        lambda first, links: (first, [_other_root(links[0]), links[1]]),
        ("renewal-timestamp-wrong", 1),
    ),
    "a head's form": (
        lambda first, links: (
            first,
            [replace(links[0], stamped=replace(links[0].stamped, content=b"{}")), links[1]],
        ),
        ("renewal-malformed", 1),
    ),
    "a renewal's token": (
        lambda first, links: (
            first,
            [links[0], replace(links[1], stamped=replace(links[1].stamped, token=links[0].stamped.token))],
        ),
        ("renewal-timestamp-wrong", 2),
    ),
    "a place": (
        lambda first, links: (first, [replace(links[0], index=links[0].index + 1), links[1]]),
        ("renewal-not-covering", 1),
    ),
    "a path": (
        lambda first, links: (first, [replace(links[0], path=(*links[0].path[:-1], bytes(32))), links[1]]),
        ("renewal-not-covering", 1),
    ),
    "the order": (lambda first, links: (first, links[::-1]), ("renewal-not-covering", 1)),
    "a link left out": (lambda first, links: (first, links[1:]), ("renewal-not-covering", 1)),
}


@pytest.mark.parametrize("part", TAMPERED)
def test_every_part_that_is_edited_swapped_or_left_out_is_found(carried: Log, part: str) -> None:
    tamper, code = TAMPERED[part]
    first, links, judging = carried.chain()
    changed = tamper(first, list(links))
    assert code in codes(*changed, judging)
    assert judge_chain(*changed, judging).proven_since is None


def test_the_order_of_times_is_looked_at(carried: Log) -> None:
    first, links, judging = carried.chain()
    assert ("renewal-times-disordered", 2) in codes(first, links[::-1], judging)


def test_validation_data_that_is_missing_is_told(carried: Log) -> None:
    first, links, judging = carried.chain()
    for one in parse_head(links[0].stamped.content).data:
        left = {name: value for name, value in judging.data.items() if name != one}
        assert ("renewal-data-missing", 1) in codes(first, links, replace(judging, data=left))


def test_a_head_is_read_back_and_no_other_spelling_of_it(carried: Log) -> None:
    encoded = carried.chain()[1][0].stamped.content
    assert parse_head(encoded).encode() == encoded
    assert Head(1, bytes(32), ()).encode() == (
        b'{"data":[],"root":"' + b"00" * 32 + b'","schema":"esign-renewal/1","size":1}'
    )


@pytest.fixture
def log(database: Database, tmp_path: Path) -> Log:
    log = Log.open(database, tmp_path)
    log.clock.time = BEGUN + 5.2 * YEAR
    log.found()
    log.clock.time = BEGUN + 10.9 * YEAR
    return log


def test_what_was_renewed_is_not_renewed_again_and_the_database_keeps_it(log: Log) -> None:
    assert (log.renew(), log.renew()) == (1, 0)
    for model in (RenewalData, TimestampRenewal, RenewedTimestamp):
        with pytest.raises(IntegrityError, match="insert-only"), log.database.transaction() as session:
            session.execute(delete(model))
    with pytest.raises(IntegrityError, match="insert-only"), log.database.transaction() as session:
        session.execute(update(TimestampRenewal).values(token=b""))


def test_many_are_renewed_part_by_part(log: Log, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("esign.renewal.checkpoints.COVERED_AT_MOST", 2)
    monkeypatch.setattr("esign.renewal.checkpoints.LOOKED_AT", 2)
    renewer = log.renewer()
    assert renewer.sweep() == 1
    assert renewer.is_at_work()
    while renewer.is_at_work():
        renewer.sweep()
    log.renew()
    sizes = [parse_head(log.chain(number)[1][0].stamped.content).size for number in range(CHECKPOINTS)]
    assert sizes == [2, 2, 2, 2, 1]


def test_nothing_is_due_long_before(log: Log) -> None:
    log.clock.time = BEGUN + 10 * YEAR
    assert log.renewer().sweep() == 0


def test_an_authority_that_ends_no_later_has_nothing_entered_and_a_task_refused(log: Log) -> None:
    first = log.authorities[0].timestamp_authority
    assert log.renewer(timestamps=first).sweep() == 0
    log.renewer().sweep()
    ((task, _none),) = log.tasks()
    log.renewer(timestamps=first).run(task)
    assert log.tasks() == [(task, "authority-ends-no-later")]


def test_an_authority_that_is_down_delays_and_loses_nothing(log: Log) -> None:
    log.renewer().sweep()
    ((task, _none),) = log.tasks()
    with pytest.raises(TrustServiceUnavailable):
        log.renewer(timestamps=Down()).sweep()
    log.renewer(timestamps=Down()).run(task)
    assert log.tasks() == [(task, "tsa-down")]
    log.renewer().run(task)
    assert log.tasks() == []


def test_what_comes_too_late_is_refused_and_nothing_is_kept(log: Log) -> None:
    log.clock.time = BEGUN + 12 * YEAR
    log.renewer().sweep()
    ((task, _none),) = log.tasks()
    log.renewer().run(task)
    assert log.tasks() == [(task, "renewal-not-verified")]
    assert log.chain()[1] == []
