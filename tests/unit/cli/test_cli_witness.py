"""`esign witness`: an outsider countersigns what continues, keeps it, and finds what does not."""

from __future__ import annotations

import stat
from datetime import UTC, datetime, timedelta

import pytest

from ca.authority import EmbeddedAuthority
from esign.infra.checkpoint_key import CheckpointKey
from esign.infra.database import open_database
from esign.infra.keystore import open_key_store
from esign.trail.checkpoint import Origin, parse_checkpoint
from esign.trail.cosignature import Cosigner, cosigned_by
from esign.trail.log import Trail
from esign.trail.publishing import CheckpointPublisher
from esign.trail.restoration import STREAM, VOCABULARY, Restoration
from tests.command import Desk
from tests.vectors.trail.edited import cut_off, rewrite
from tests.vectors.trail.stored import append, place

NOW = datetime(2030, 1, 1, tzinfo=UTC)


class Watched:
    """A service, and a witness who watches it."""

    def __init__(self, office: Desk, authority: EmbeddedAuthority) -> None:
        self.office = office
        self.database = open_database(f"sqlite:///{office.folder}/esign-data/esign.db")
        self.keys = CheckpointKey(open_key_store(office.folder / "esign-data-keys"))
        self.authority = authority
        self.folder = office.folder
        (self.folder / "trail.key").write_text(office.run("trail", "key").stdout)
        self.public = office.run("witness", "create-key", "witness.key", "--name", "audit.example/w1").stdout.strip()
        self.at(NOW)
        self.publish("env_1", 2)

    def at(self, now: datetime) -> None:
        self.office.changes["clock"] = lambda: now

    def publish(self, stream: str, count: int) -> None:
        append(self.database, stream, count)
        place(self.database)
        timestamps = self.authority.timestamp_authority
        assert CheckpointPublisher(Origin("esign/trail"), self.keys, timestamps).publish(self.database) is not None

    def hand(self, *since: str) -> str:
        """Write what the log hands to a witness into a file; return its name."""
        if since:
            (self.folder / "handed").write_text(self.office.run("trail", "checkpoint", "--since", *since).stdout)
        else:
            self.office.run("trail", "export", "handed", "--overwrite")
        return "handed"

    def sign(self, handed: str, status: int = 0, *more: str) -> str:
        given = ("--key", "witness.key", "--log-key", "trail.key", "--state", "witnessed.txt")
        result = self.office.run("witness", "sign", handed, *given, *more, status=status)
        return result.stdout if status == 0 else result.stderr


@pytest.fixture
def watched(started_office: Desk, authority: EmbeddedAuthority) -> Watched:
    return Watched(started_office, authority)


def test_what_continues_is_signed_kept_and_believed_by_others(watched: Watched) -> None:
    watched.sign(watched.hand())
    watched.publish("env_2", 3)
    watched.at(NOW + timedelta(days=1))
    printed = watched.sign(watched.hand("2"))
    cosigner = Cosigner.from_vkey(watched.public)
    assert cosigned_by(parse_checkpoint(printed.encode()), [cosigner]) == {cosigner: NOW + timedelta(days=1)}
    watched.office.run("trail", "export", "trail.jsonl")
    given = ("--log-key", "trail.key", "--witness", "witnessed.txt", "--witness-key", watched.public)
    told = watched.office.json("trail", "verify", "trail.jsonl", *given)
    assert [(one["outcome"], one["size"], one["by"][0]["witness"]) for one in told["witnessed"]] == [
        ("holds", 2, "audit.example/w1"),
        ("holds", 5, "audit.example/w1"),
    ]


def test_the_key_is_its_owners_alone_and_never_overwritten(watched: Watched) -> None:
    path = watched.folder / "witness.key"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    content = path.read_text()
    result = watched.office.run("witness", "create-key", "witness.key", "--name", "other", status=13)
    assert "[output-exists]" in result.stderr
    assert path.read_text() == content
    path.chmod(0o640)
    assert "[key-exposed]" in watched.sign(watched.hand(), 10)


@pytest.mark.parametrize("form", ["export", "request"])
def test_a_trail_that_was_rewritten_or_cut_short_is_not_signed_and_the_state_stays(watched: Watched, form: str) -> None:
    watched.publish("env_2", 3)
    watched.sign(watched.hand())
    state = (watched.folder / "witnessed.txt").read_bytes()
    rewrite(watched.database, 3, lambda payload: payload.update(recipient="rec_9"))
    watched.publish("env_3", 2)
    assert "[witness-rewritten]" in watched.sign(watched.hand(*([] if form == "export" else ["5"])), 14)
    cut_off(watched.database, 2)
    told = watched.sign(watched.hand(*([] if form == "export" else ["2"])), 14 if form == "export" else 10)
    assert ("[witness-truncated]" if form == "export" else "[witness-older]") in told
    assert (watched.folder / "witnessed.txt").read_bytes() == state


def test_a_new_trail_that_begins_by_saying_that_all_was_lost_is_not_believed(watched: Watched) -> None:
    watched.sign(watched.hand())
    state = (watched.folder / "witnessed.txt").read_bytes()
    cut_off(watched.database, 0)
    invented = Restoration(2, 0, 2**40).event(by="stf_1", reason="disk-failure", known_by="operator")
    with watched.database.transaction() as session:
        Trail(VOCABULARY).append(session, STREAM, 0, [invented], actor="operator", time=NOW)
    watched.publish("env_9", 3)
    given = ("trail", "verify", watched.hand(), "--log-key", "trail.key", "--witness", "witnessed.txt")
    told = watched.office.json(*given, status=15)
    assert (told["holds"], told["witnessed_lost"]) == (False, 1)
    assert "[witness-lost]" in watched.sign("handed", 15)
    assert (watched.folder / "witnessed.txt").read_bytes() == state
    watched.sign("handed", 0, "--accept-loss")
    watched.publish("env_10", 1)
    watched.sign(watched.hand())  # the loss was accepted: it is not asked again


def test_a_witness_that_saw_more_than_the_log_has_is_told_so_by_the_log(watched: Watched) -> None:
    assert "[witness-ahead]" in watched.office.run("trail", "checkpoint", "--since", "3", status=10).stderr


def test_a_state_that_cannot_be_read_is_not_taken_for_none(watched: Watched) -> None:
    for content in ("", "garbage\n"):
        (watched.folder / "witnessed.txt").write_text(content)
        assert "[witness-" in watched.sign(watched.hand(), 10)


def test_a_clock_that_went_back_does_not_date_a_larger_tree_earlier(watched: Watched) -> None:
    watched.sign(watched.hand())
    watched.publish("env_2", 1)
    watched.at(NOW - timedelta(days=9))
    cosigner = Cosigner.from_vkey(watched.public)
    printed = watched.sign(watched.hand("2"))
    assert cosigned_by(parse_checkpoint(printed.encode()), [cosigner]) == {cosigner: NOW}


def test_another_log_or_a_place_that_is_none_is_refused(watched: Watched) -> None:
    stranger = Origin("elsewhere.example/trail").verifier(watched.keys.public_key).vkey
    given = ("--key", "witness.key", "--log-key", stranger, "--state")
    for form, code in (((), "export-log"), (("0",), "witness-log")):
        handed = watched.hand(*form)
        assert f"[{code}]" in watched.office.run("witness", "sign", handed, *given, "w.txt", status=10).stderr
    assert (
        "[output-unwritable]" in watched.office.run("witness", "sign", "handed", *given, "no/w.txt", status=13).stderr
    )
