"""What is not our contract is never accepted as one: imitations by strangers whose signatures are valid and trusted,
and our own files with something of a stranger's around or behind them."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import later_updates as later
import pytest
from signed_material import Desk

from ca.authority import EmbeddedAuthority
from ca.trust import TrustStore
from esign.ceremony.creation import RecipientRequest
from esign.ceremony.domain import Envelope
from esign.ceremony.domain.values import RecipientRole
from esign.evidence.consent import Consent
from esign.evidence.manifest import IdentityAssurance, Manifest, Mode
from esign.infra.database import open_database
from esign.pades.act import archive, validation_data_for
from esign.pades.revision import open_timestamp_revision
from esign.pades.typeface import Typeface
from esign.pades.validation_data import ValidationData
from esign.verify import Report
from esign.verify.acceptance.verdict import Acceptance
from tests import acts
from tests.authority import create_test_authority
from tests.databases import create_tables
from tests.recognised import Office, found, judged, report_on
from tests.service import YU, request

OURS = ("insurance-contract", "insurance-contract-test")


@dataclass(frozen=True)
class Judgements:
    """What our policies say of one document, by what was at hand."""

    report: Report
    with_all: Mapping[str, Acceptance]
    with_seal: Mapping[str, Acceptance]
    with_nothing: Mapping[str, Acceptance]

    @property
    def accepted(self) -> list[str]:
        """The policies that accept it, whatever was at hand."""
        every = (self.with_all, self.with_seal, self.with_nothing)
        return [name for judged in every for name, one in judged.items() if one.verdict == "ACCEPTED"]

    @property
    def verdict(self) -> str:
        """The verdict of the policy that allows stand-ins, with everything at hand."""
        return str(self.with_all[OURS[1]].verdict)

    def requirement(self, code: str) -> tuple[bool | None, str]:
        return found(self.with_all[OURS[1]])[code]


@dataclass(frozen=True)
class Scene:
    """Our service with one contract of its own, and a stranger whose authority is believed just as much as ours."""

    office: Office
    envelope: Envelope
    stranger: EmbeddedAuthority
    trust: TrustStore
    contract: bytes
    typeface: Typeface

    @property
    def sealed(self) -> bytes:
        return self.office.sealed(self.envelope)

    def judged(self, document: bytes) -> Judgements:
        """Judge by our policies, with everything at hand, with the seal's certificate alone, and with nothing."""
        report = report_on(document, self.trust)
        seals = self.office.seals
        return Judgements(
            report,
            {name: judged(report, name, seals=seals, trail=self.office.trail) for name in OURS},
            {name: judged(report, name, seals=seals) for name in OURS},
            {name: judged(report, name) for name in OURS},
        )

    def imitate(self, role: str) -> Callable[[Manifest], Manifest]:
        """Return what makes a stranger's manifest say what ours says of this recipient, and better."""
        (recipient,) = self.envelope.recipients

        def edit(manifest: Manifest) -> Manifest:
            return replace(
                manifest,
                envelope=self.envelope.id,
                recipient=recipient.id,
                role=role,
                identity=IdentityAssurance("three-factor", "vendor"),
                mode=Mode.LIVE,
                consents=tuple(
                    Consent(text.id, text.version, bytes.fromhex(text.digest), manifest.confirmed_at)
                    for text in self.envelope.settings.consents
                ),
            )

        return edit

    def forged(self, authority: EmbeddedAuthority) -> bytes:
        """A contract with our roles, field names, organisation and manifest, all signed by this authority's people."""
        desk = Desk.open(self.contract, self.typeface, authority)
        desk.sign("applicant", edit=self.imitate("applicant"))
        return sealed_by(desk, authority)


def sealed_by(desk: Desk, authority: EmbeddedAuthority) -> bytes:
    seal = acts.put_seal(desk.document, authority)
    desk.document += seal.increment
    desk.data += validation_data_for(seal, authority.revocation, roots=authority.roots)
    desk.archive()
    return desk.document


@pytest.fixture(scope="module")
def scene(
    tmp_path_factory: pytest.TempPathFactory, authority: EmbeddedAuthority, typeface: Typeface, contract: bytes
) -> Iterator[Scene]:
    folder = tmp_path_factory.mktemp("scene")
    database = open_database(f"sqlite:///{folder}/esign.db")
    create_tables(database)
    office = Office.open(database, folder, authority, typeface)
    envelope = office.desk.create(request(contract, recipients=[RecipientRequest(RecipientRole.APPLICANT, YU)]))
    office.desk.play(envelope, 0, YU)
    office.desk.work()
    office.publish()
    stranger = create_test_authority(folder / "stranger")
    trust = authority.trust_store() + stranger.trust_store()
    yield Scene(office, envelope, stranger, trust, contract, typeface)
    database.close()


@pytest.fixture(scope="module")
def imitation(scene: Scene) -> bytes:
    return scene.forged(scene.stranger)


def test_ours_is_accepted_where_strangers_are_trusted_too(scene: Scene) -> None:
    assert scene.judged(scene.sealed).accepted == ["insurance-contract-test"]


def test_a_strangers_contract_that_imitates_ours_in_everything_is_not_accepted(scene: Scene, imitation: bytes) -> None:
    judgements = scene.judged(imitation)
    assert (judgements.report.conclusion, judgements.report.findings) == ("TOTAL-PASSED", ())
    assert judged(judgements.report, "any-trusted-signature").verdict == "ACCEPTED"
    assert judgements.accepted == []
    assert {one.verdict for one in judgements.with_seal.values()} == {"NOT-ACCEPTED"}
    assert judgements.with_nothing["insurance-contract-test"].verdict == "UNDECIDED"
    assert judgements.requirement("our-seal") == (False, "missing")
    assert judgements.requirement("in-our-trail") == (False, "unknown")


def test_nor_is_one_that_was_certified_by_our_own_authority(scene: Scene) -> None:
    """Somebody of ours who may use the authority and its seal, behind the service's back."""
    judgements = scene.judged(scene.forged(scene.office.authority))
    assert judgements.report.conclusion == "TOTAL-PASSED"
    assert judgements.requirement("our-seal") == (True, "whole")
    assert judgements.requirement("in-our-trail") == (False, "unknown")
    assert judgements.accepted == []


def test_a_person_named_as_our_organisation_makes_no_seal(scene: Scene) -> None:
    desk = Desk.open(scene.contract, scene.typeface, scene.office.authority)
    desk.sign("applicant", edit=scene.imitate("applicant"))
    desk.document += acts.sign(
        desk.document,
        "applicant",
        scene.office.authority,
        field_name="seal",
        person=acts.ORGANISATION,
    ).increment
    judgements = scene.judged(desk.document)
    assert acts.ORGANISATION in judgements.report.signatures[-1].signer["subject"]
    assert judgements.requirement("our-seal") == (False, "missing")
    assert judgements.accepted == []


def test_our_signed_and_unsealed_document_under_a_strangers_seal_is_not_accepted(scene: Scene) -> None:
    ours, stranger = scene.office.signed(scene.envelope), scene.stranger
    seal = acts.put_seal(ours, stranger)
    data = validation_data_for(seal, stranger.revocation, roots=stranger.roots)
    wrapped = ours + seal.increment
    wrapped += archive(io.BytesIO(wrapped), data, stranger.timestamp_authority)
    judgements = scene.judged(wrapped)
    assert judgements.requirement("our-seal") == (False, "missing")
    assert judgements.accepted == []


BEHIND: dict[str, Callable[[bytes], bytes]] = {
    "a note": lambda document: later.updated(document, later.add_note),
    "other contents": lambda document: later.updated(document, later.replace_content),
    "no second page": lambda document: later.updated(document, later.remove_second_page),
    "another reason": lambda document: later.updated(document, later.rewrite_reason("applicant")),
    "another appearance": lambda document: later.updated(document, later.swap_appearance("seal")),
    "other evidence": lambda document: later.updated(document, later.swap_evidence("applicant", "manifest.json")),
    "no signature": lambda document: later.updated(document, later.empty_field("applicant")),
    "other information": lambda document: later.updated(document, later.change_information),
    "a hidden object": later.with_hidden_object,
    "an unreadable update": later.with_unreadable_update,
    "white space": lambda document: document + b"\n",
    "something before it": lambda document: b"%junk\n" + document,
    "no end": lambda document: document[: document.rfind(b"startxref")],
    "no document timestamp": lambda document: document[: document[:-10].rfind(b"%%EOF") + 6],
}


@pytest.mark.parametrize("name", BEHIND)
def test_our_file_with_something_behind_it_or_less_of_it_is_not_accepted(scene: Scene, name: str) -> None:
    judgements = scene.judged(BEHIND[name](scene.sealed))
    assert judgements.verdict == "NOT-ACCEPTED"
    assert judgements.requirement("in-our-trail") == (False, "unknown")
    assert judgements.accepted == []


def test_what_is_permitted_after_our_seal_makes_it_another_file_all_the_same(scene: Scene) -> None:
    service = scene.office.authority.timestamp_authority
    opened = open_timestamp_revision(io.BytesIO(scene.sealed), ValidationData(), capacity=service.token_size_bound)
    judgements = scene.judged(scene.sealed + opened.close(service.timestamp(opened.digest).der))
    assert judgements.report.conclusion == "TOTAL-PASSED"
    assert judgements.requirement("our-seal") == (True, "whole")
    assert judgements.requirement("in-our-trail")[0] is not True
    assert judgements.with_seal["insurance-contract-test"].verdict == "UNDECIDED"
    assert judgements.accepted == []


@pytest.mark.parametrize("order", [1, -1], ids=["ours first", "theirs first"])
def test_two_files_in_one_are_not_accepted(scene: Scene, imitation: bytes, order: int) -> None:
    assert scene.judged(b"".join((scene.sealed, imitation)[::order])).accepted == []


def test_a_strangers_file_that_is_newer_than_the_trail_is_not_taken_for_a_new_one_of_ours(
    scene: Scene, imitation: bytes
) -> None:
    report = report_on(imitation, scene.trust)
    tomorrow = datetime.now(UTC) + timedelta(days=1)
    newer = replace(report, signatures=tuple(replace(one, best_signature_time=tomorrow) for one in report.signatures))
    accepted = judged(newer, "insurance-contract-test", seals=scene.office.seals, trail=scene.office.trail)
    assert found(accepted)["in-our-trail"] == (None, "trail-older")
    assert accepted.verdict == "NOT-ACCEPTED"
