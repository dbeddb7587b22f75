"""A bundle with renewed timestamps: right as it was made, and every member of the chain that is touched is named."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import select

from esign.bundle.checking.check import check_bundle
from esign.bundle.checking.container import open_container
from esign.bundle.checking.members import Members
from esign.bundle.checking.renewed import Renewed, check_renewed
from esign.bundle.checking.trail import check_trail
from esign.bundle.checking.verdict import BundleVerdict, Findings
from esign.bundle.description import encode_description
from esign.bundle.layout import (
    CHECKPOINT,
    CHECKPOINT_TIMESTAMP,
    CONSISTENCY,
    ENVELOPE,
    LOG_KEY,
    RENEWAL_PROOFS,
    RENEWED,
    RENEWED_CHECKPOINT,
    RENEWED_TIMESTAMP,
    is_member_name,
)
from esign.bundle.renewed_members import RenewedCheckpoint, encode_renewed
from esign.exports.der_files import certificate_members, der_members, sorted_values
from esign.infra.database import open_database
from esign.renewal.chain import Stamped, parse_head
from esign.renewal.checkpoint_rows import data_of, renewals_of
from esign.trail.checkpoint import parse_checkpoint, read_token, sign_checkpoint
from esign.trail.models import TrailCheckpoint
from esign.trail.note import Ed25519NoteKey, NoteVerifier
from esign.trail.publishing import prove_consistency
from esign.verify.detached import Beside
from esign.verify.report import Conclusion
from tests.bundles import container_of
from tests.databases import create_tables
from tests.renewed_bundles import RENEWALS, RenewedCase
from tests.unit.renewal.test_checkpoints import BEGUN, KEY, YEAR, Log

NAMES = (
    RENEWED_CHECKPOINT,
    RENEWED_TIMESTAMP,
    CONSISTENCY,
    RENEWAL_PROOFS,
    *(f"{RENEWED}{number}.{ending}" for number in (1, 2) for ending in ("json", "tst")),
)


def checked(case: RenewedCase, changes: dict[str, bytes | None]) -> BundleVerdict:
    """Return the verdict on the bundle with these members changed or left out, signed anew by the seal."""
    given = {**case.members, **changes}
    members = {name: content for name, content in given.items() if content is not None}
    return check_bundle(case.bundle(members), case.question())


def found(verdict: BundleVerdict) -> set[tuple[str, str]]:
    return {(finding.code, finding.member) for finding in verdict.findings}


def changed(value: bytes) -> bytes:
    return value[:-3] + bytes([value[-3] ^ 1]) + value[-2:]


def test_a_bundle_carries_the_first_checkpoint_with_its_chain_and_passes(renewed: RenewedCase) -> None:
    there = {name for name in renewed.members if name.startswith(RENEWED)}
    assert there == set(NAMES)
    assert all(map(is_member_name, NAMES))
    assert renewed.description.renewals == RENEWALS
    assert renewed.members[RENEWED_CHECKPOINT] != renewed.members[CHECKPOINT]
    verdict = check_bundle(renewed.exported, renewed.question())
    assert (verdict.findings, verdict.conclusion) == ((), Conclusion.PASSED)
    assert verdict.head is not None
    assert verdict.head.end_proven_since == read_token(renewed.members[RENEWED_TIMESTAMP]).gen_time


def test_all_validation_data_that_the_renewals_name_is_in_the_bundle(renewed: RenewedCase) -> None:
    """Whatever of it is left out is missed, and told of the renewal that names it."""
    for number in (1, 2):
        head = f"{RENEWED}{number}.json"
        data = parse_head(renewed.members[head]).data
        files = {name for one in data for name in renewed.members if name.rpartition("/")[2].startswith(one[:16])}
        assert {name.rpartition(".")[2] for name in files} >= {"pem", "ocsp"}
        left = dict.fromkeys(files)
        assert ("renewal-data-missing", head) in found(checked(renewed, left))


@pytest.mark.parametrize("name", NAMES)
def test_every_member_of_the_chain_that_is_edited_or_left_out_is_named(renewed: RenewedCase, name: str) -> None:
    for content in (renewed.members[name] + b"\n", changed(renewed.members[name])):
        verdict = checked(renewed, {name: content})
        assert name in {member for _code, member in found(verdict)}
        assert verdict.conclusion is Conclusion.FAILED
        assert verdict.head is None or verdict.head.end_proven_since is None
    verdict = checked(renewed, {name: None})
    assert ("member-missing", name) in found(verdict)
    assert verdict.conclusion is Conclusion.FAILED


@pytest.mark.parametrize("pair", list(pairwise([*sorted(NAMES), CHECKPOINT])), ids=" and ".join)
def test_members_of_the_chain_that_were_swapped_are_found(renewed: RenewedCase, pair: tuple[str, str]) -> None:
    one, other = pair
    verdict = checked(renewed, {one: renewed.members[other], other: renewed.members[one]})
    assert {one, other} & {member for _code, member in found(verdict)}
    assert verdict.conclusion is Conclusion.FAILED


def test_two_renewals_that_change_places_are_found(renewed: RenewedCase) -> None:
    moved = {
        f"{RENEWED}{n}.{end}": renewed.members[f"{RENEWED}{3 - n}.{end}"] for n in (1, 2) for end in ("json", "tst")
    }
    codes = {code for code, _member in found(checked(renewed, moved))}
    assert "renewal-not-covering" in codes


def test_a_renewal_that_was_added_is_named(renewed: RenewedCase) -> None:
    added = {f"{RENEWED}3.{end}": renewed.members[f"{RENEWED}2.{end}"] for end in ("json", "tst")}
    assert found(checked(renewed, added)) == {("renewal-unexplained", name) for name in added}


@pytest.mark.parametrize(("told", "named"), [(0, NAMES), (1, NAMES[-2:])])
def test_a_chain_of_which_the_description_does_not_tell_is_named(
    renewed: RenewedCase, told: int, named: tuple[str, ...]
) -> None:
    about = encode_description(replace(renewed.description, renewals=told))
    assert {("renewal-unexplained", name) for name in named} <= found(checked(renewed, {ENVELOPE: about}))


def test_a_chain_of_which_the_description_tells_is_asked_for(renewed: RenewedCase) -> None:
    verdict = checked(renewed, dict.fromkeys(NAMES))
    assert found(verdict) == {("member-missing", name) for name in NAMES}
    about = encode_description(replace(renewed.description, renewals=3))
    missing = {("member-missing", f"{RENEWED}3.{end}") for end in ("json", "tst")}
    assert found(checked(renewed, {ENVELOPE: about})) == missing


def test_a_checkpoint_from_before_the_end_proves_nothing_of_it(renewed: RenewedCase) -> None:
    """It is the log's, and was renewed: but the envelope was not over then."""
    with renewed.office.database.reading() as session:
        row = session.scalars(select(TrailCheckpoint).order_by(TrailCheckpoint.size)).first()
        assert row is not None
        links = renewals_of(session, row.note)
        path = prove_consistency(session, parse_checkpoint(row.note).checkpoint, renewed.trail.checkpoint.checkpoint)
        earlier = RenewedCheckpoint(Stamped(row.note, row.token), path, links, {})
    verdict = checked(renewed, dict(encode_renewed(earlier)))
    assert found(verdict) == {("renewed-checkpoint-too-early", RENEWED_CHECKPOINT)}
    assert verdict.head is not None
    assert verdict.head.end_proven_since is None


def test_a_checkpoint_that_another_key_signed_is_forged(renewed: RenewedCase) -> None:
    head = parse_checkpoint(renewed.members[RENEWED_CHECKPOINT]).checkpoint
    note = sign_checkpoint(head, Ed25519NoteKey(Ed25519PrivateKey.generate())).encode()
    assert ("renewed-checkpoint-forged", RENEWED_CHECKPOINT) in found(checked(renewed, {RENEWED_CHECKPOINT: note}))


def test_a_checkpoint_that_the_trail_does_not_continue_is_found(renewed: RenewedCase) -> None:
    """Signed by the log itself, over another history of the same length."""
    head = replace(parse_checkpoint(renewed.members[RENEWED_CHECKPOINT]).checkpoint, root=bytes(32))
    note = sign_checkpoint(head, renewed.key).encode()
    told = found(checked(renewed, {RENEWED_CHECKPOINT: note}))
    assert ("renewed-checkpoint-not-continued", CONSISTENCY) in told
    assert ("renewed-checkpoint-forged", RENEWED_CHECKPOINT) not in told


def test_without_roots_the_chain_stays_open_and_proves_no_time(renewed: RenewedCase) -> None:
    verdict = check_bundle(renewed.exported, renewed.question(trust=renewed.authority.trust_store()))
    assert {finding.code for finding in verdict.findings} == {"renewal-timestamp-open"}
    assert verdict.conclusion is Conclusion.INDETERMINATE
    assert verdict.head is not None
    assert verdict.head.end_proven_since is None


@pytest.fixture(scope="module")
def log(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Log]:
    """Checkpoints that were carried through twenty-five years and three authorities."""
    folder = tmp_path_factory.mktemp("log")
    database = open_database(f"sqlite:///{folder}/log.db")
    create_tables(database)
    log = Log.open(database, folder)
    log.carry()
    yield log
    database.close()


def codes_of(log: Log, years: int, existed_since: int | None = None) -> tuple[set[str], Renewed | None]:
    """Check a bundle whose only checkpoint is the renewed one, so many years after that was stamped."""
    first, links, _judging = log.chain()
    with log.database.reading() as session:
        data = data_of(session, links)
    values = sorted_values(data.values())
    files = (
        *certificate_members("certificates", values.certificates),
        *der_members("revocation", "ocsp", values.ocsp_responses),
        *der_members("revocation", "crl", values.crls),
    )
    verifier = parse_checkpoint(first.content).checkpoint.origin.verifier(KEY.public_key)
    members = {
        **dict(encode_renewed(RenewedCheckpoint(first, (), links, data))),
        **{one.name: one.read() for one in files},
        CHECKPOINT: first.content,
        CHECKPOINT_TIMESTAMP: first.token,
        LOG_KEY: verifier.vkey.encode() + b"\n",
    }
    findings = Findings()
    read = Members(open_container(container_of(members)), findings)
    beside = Beside(
        log.trust,
        BEGUN + years * YEAR,
        existed_since=None if existed_since is None else BEGUN + existed_since * YEAR,
    )
    keys = [NoteVerifier.from_vkey(verifier.vkey)]
    renewed = check_renewed(read, len(links), keys, beside, findings)
    check_trail(read, findings, keys, beside, [renewed.first] if renewed and renewed.proven_since else [])
    return {finding.code for finding in findings.all()}, renewed


def test_a_checkpoint_whose_own_timestamp_has_ended_is_proven_by_its_chain(log: Log) -> None:
    codes, renewed = codes_of(log, 30)
    assert codes == set()
    assert renewed is not None
    assert (renewed.size, renewed.proven_since) == (1, BEGUN)


def test_once_the_last_renewal_has_ended_the_manifests_timestamp_carries_the_chain(log: Log) -> None:
    codes, renewed = codes_of(log, 60)
    assert codes == {"renewal-timestamp-open", "checkpoint-timestamp-open"}
    assert renewed is not None
    assert renewed.proven_since is None
    codes, renewed = codes_of(log, 60, existed_since=30)
    assert codes == set()
    assert renewed is not None
    assert renewed.proven_since == BEGUN
