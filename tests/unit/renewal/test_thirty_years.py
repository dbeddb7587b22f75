"""A contract that is carried through thirty years and three authorities, on the command line as an operator would."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from ca.authority import EmbeddedAuthority, create_authority, open_authority
from ca.authority.profiles import Role
from ca.ports import RevocationSource
from ca.remote import FirstRevocationSource
from tests.authority import SettableClock
from tests.command import PASSPHRASE, Desk, set_up_desk
from tests.tools import run_tool

SIGNED = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)
YEAR = timedelta(days=365)


@dataclass(frozen=True)
class Lists:
    """An authority's revocation lists alone: what writes OCSP answers dates them by the machine's own clock."""

    inner: RevocationSource

    def ocsp(self, _certificate: bytes, _issuer: bytes) -> bytes | None:
        return None

    def crl(self, issuer: bytes, *, covering: bytes | None = None) -> bytes | None:
        return self.inner.crl(issuer, covering=covering)


@dataclass
class Archive:
    """A desk whose clock is moved, and the authorities that served it one after another."""

    desk: Desk
    clock: SettableClock
    authorities: list[EmbeddedAuthority]

    @classmethod
    def open(cls, folder: Path, contract: bytes) -> Archive:
        """The first authority is nine years old: its timestamps end in eleven."""
        archive = cls(set_up_desk(folder, contract, lambda _folder: None), SettableClock(SIGNED), [])
        archive.clock.time = SIGNED - 9 * YEAR
        archive.found()
        archive.clock.time = SIGNED
        archive.desk.sign(folder / "contract.pdf", "--seal", "--out", folder / "signed.pdf")
        return archive

    def found(self) -> None:
        """Make a new authority now; it stamps from here on, and the roots of all are believed for their time."""
        number = len(self.authorities) + 1
        folder = self.desk.folder / f"ca-{number}"
        create_authority(folder, passphrase=PASSPHRASE.encode(), clock=self.clock)
        self.authorities.append(open_authority(folder, passphrase=PASSPHRASE.encode(), clock=self.clock))
        link = self.desk.folder / "ca"
        link.unlink(missing_ok=True)
        link.symlink_to(folder)
        roots = self.desk.folder / "roots"
        roots.mkdir(exist_ok=True)
        (roots / f"root-{number}.pem").write_bytes((folder / "certificates" / f"{Role.ROOT.value}.pem").read_bytes())
        since = self.clock.time.date()
        purposes = '["signing", "sealing", "timestamping"]' if number == 1 else '["timestamping"]'
        with (roots / "trust.toml").open("a", encoding="utf-8") as listing:
            listing.write(f'[[roots]]\nfile = "root-{number}.pem"\npurposes = {purposes}\n')
            listing.write(f"since = {since}\nuntil = {(self.clock.time + 20 * YEAR).date()}\n")
        present = open_authority(folder, passphrase=PASSPHRASE.encode(), clock=self.clock)
        self.desk.changes = {
            "clock": self.clock,
            "open_authority": lambda _folder, _passphrase: _Opened(present),
            "with_remote_revocation": self.answering,
        }

    def answering(self, _own: RevocationSource) -> RevocationSource:
        """Every authority still answers for what it issued, as long as it lasts."""
        return FirstRevocationSource(*(Lists(one.revocation) for one in self.authorities))

    def renew(self, source: str, target: str, status: int = 0) -> dict[str, Any]:
        folder = self.desk.folder
        return self.desk.json(
            "renew", folder / source, "--out", folder / target, "--trust", folder / "roots", status=status
        )

    def verify(self, name: str, at: datetime, status: int = 0) -> dict[str, Any]:
        folder = self.desk.folder
        return self.desk.json(
            "verify", folder / name, "--ca", folder / "none", "--trust", folder / "roots", "--no-pictures",
            "--at", at.isoformat(), status=status,
        )  # fmt: skip


class _Opened:
    """An authority as the command opens it."""

    def __init__(self, inner: EmbeddedAuthority) -> None:
        self.issuer, self.timestamp_authority, self.revocation = (
            inner.issuer,
            inner.timestamp_authority,
            inner.revocation,
        )
        self.seal, self.custodian_certificate = inner.seal, inner.custodian_certificate
        self.organisation = "示例保险股份有限公司"


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory, contract: bytes) -> Archive:
    """A contract renewed by the second authority in its eleventh year, by the third in its twenty-fifth."""
    archive = Archive.open(tmp_path_factory.mktemp("archive"), contract)
    for founded, year, source, target in ((5.2, 10.9, "signed", "once"), (24.7, 25.0, "once", "twice")):
        archive.clock.time = SIGNED + founded * YEAR
        archive.found()
        archive.clock.time = SIGNED + year * YEAR
        archive.renew(f"{source}.pdf", f"{target}.pdf")
    return archive


@pytest.mark.parametrize(("name", "years"), [("signed", 1), ("once", 11), ("once", 20), ("twice", 25), ("twice", 30)])
def test_what_was_renewed_in_time_passes_with_the_time_of_signing_proven(
    archive: Archive, name: str, years: int
) -> None:
    verdict = archive.verify(f"{name}.pdf", SIGNED + years * YEAR + timedelta(days=20))
    assert verdict["conclusion"] == "TOTAL-PASSED", verdict["findings"]
    signatures = [one for one in verdict["signatures"] if one["kind"] == "signature"]
    assert [one["field"] for one in signatures] == ["applicant", "seal"]
    assert {one["best_signature_time"][:10] for one in signatures} == {"2026-11-20"}
    assert {one["level"] for one in signatures} == {"B-LTA"}


@pytest.mark.parametrize(("name", "years"), [("signed", 12), ("signed", 30), ("once", 26), ("once", 30)])
def test_what_was_not_renewed_does_not_pass(archive: Archive, name: str, years: int) -> None:
    verdict = archive.verify(f"{name}.pdf", SIGNED + years * YEAR, status=2)
    assert verdict["conclusion"] == "INDETERMINATE"


def test_renewing_appends_and_never_touches_what_was_there(archive: Archive) -> None:
    signed, once, twice = ((archive.desk.folder / f"{name}.pdf").read_bytes() for name in ("signed", "once", "twice"))
    assert once.startswith(signed)
    assert twice.startswith(once)
    assert len(twice) > len(once) > len(signed)


def test_what_holds_for_long_is_left_alone(archive: Archive) -> None:
    told = archive.renew("twice.pdf", "thrice.pdf")
    assert told["renewed"] is False
    assert not (archive.desk.folder / "thrice.pdf").exists()


def test_what_comes_too_late_is_refused_and_nothing_is_written(archive: Archive) -> None:
    refused = archive.renew("signed.pdf", "late.pdf", status=10)
    assert refused["error"]["code"] == "renewal-not-verified"
    assert not list(archive.desk.folder.glob("*late*"))


def test_other_readers_accept_the_structure(archive: Archive) -> None:
    path = archive.desk.folder / "twice.pdf"
    run_tool("qpdf", "--check", path)
    told = run_tool("pdfsig", "-nocert", path).stdout.decode()
    assert told.count("Signature Validation: Signature is Valid") == 2  # it knows timestamps, and judges none
    assert told.count("Signature #") == 5
    assert told.count("Total document signed") == 1
