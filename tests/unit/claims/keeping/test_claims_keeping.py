"""What is kept on an insured person is in their copy, and erased when its time is over, also without an envelope."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import select

from claims.commands import claims_commands
from claims.errors import ClaimDataBroken, ErasureRefused
from claims.keeping.erased_events import STREAM, claim_erased
from claims.keeping.erasing import Erasing
from claims.keeping.held import Held
from claims.keeping.periods import FOLDER, read_periods, years_before
from claims.models import ClaimRow
from claims.risk.models import IndexedClaim
from claims.selfservice.inviting import Inviting
from claims.selfservice.models import InvitationToReport
from claims.service.keeping import records_of_claim
from esign.public.events import read_stream
from esign.public.people import Person
from tests.claims_shell import ClaimsHouse
from tests.service import system_now
from tests.unit.claims.claims_desk import ClaimsDesk

YEARS = timedelta(days=7 * 366)


def paid(claims: ClaimsHouse) -> str:
    """A claim that was agreed to by a code, and closed."""
    claim = claims.report()
    claims.to_offer(claim).agree(claim).payee(claim).advance(claim)
    assert claims.state(claim).state.value == "closed"
    return claim


def insured(claims: ClaimsHouse, claim: str) -> Person:
    with claims.house.database.reading() as session:
        person = claims.office.policy_of(session, claims.state(claim)).insured
    return Person(person.name, person.phone, person.id_number)


def files(claims: ClaimsHouse, person: Person) -> dict[str, bytes | None]:
    """Return what the copy of a person holds, by the names of the files."""
    held = Held(claims.office)
    with claims.house.database.reading() as session:
        return {one.name: one.content for one in held.of_person(session, person)}


def test_the_copy_holds_a_persons_claims_and_nobody_elses(claims: ClaimsHouse) -> None:
    claim, other = paid(claims), paid(claims)
    person = insured(claims, claim)
    found = files(claims, person)
    told = json.loads(found[f"{claim}/claim.json"] or b"")
    assert (told["state"], told["paid_fen"]) == ("closed", 39_000)
    assert person.name.encode() in (found[f"{claim}/report-1.json"] or b"")
    assert b"6200" in (found[f"{claim}/payee-1.json"] or b"")
    assert not [name for name in found if name.startswith(other)]
    assert files(claims, Person("别的人", person.phone, person.id_number)) == {}


def test_a_claim_without_an_envelope_is_erased_by_two_people_when_its_time_is_over(desk: ClaimsDesk) -> None:
    claims, erasing = desk.claims, Erasing(desk.claims.office)
    claim = paid(claims)
    person, two = insured(claims, claim), {"by": desk.id_of(desk.lead), "approved_by": desk.id_of(desk.manager)}
    now, later = system_now(), system_now() + YEARS
    with claims.house.database.reading() as session:
        assert claim not in erasing.over(session, now)
        assert claim in erasing.over(session, later)
        assert all(claims.office.get(session, one).ended for one in erasing.over(session, later))
        records = records_of_claim(session, claim)
    for wrong, code in (({"approved_by": two["by"]}, "own-approval"), ({"approved_by": "usr_none"}, "no-member")):
        with pytest.raises(ErasureRefused) as refused:
            erasing.erase(**{**two, **wrong}, now=later)
        assert refused.value.code == code
    gone = erasing.erase(**two, now=later)
    assert gone.claims >= 1 and gone.records >= 3
    assert erasing.erase(**two, now=later).claims == 0
    found = files(claims, person)
    assert found[f"{claim}/report-1.json"] is None and found[f"{claim}/payee-1.json"] is None
    with claims.house.database.reading() as session:
        assert all(claims.office.house.records.is_erased(session, one) for one in records)
        told = [one for one in read_stream(session, STREAM) if one.payload["claim"] == claim]
        assert len(told) == 1 and set(claim_erased(session, told[0])) == set(records)  # a restore erases them anew
        assert session.scalars(select(IndexedClaim).filter_by(claim=claim)).one_or_none() is None
        assert session.get_one(ClaimRow, claim).paid == 39_000  # figures stay


def test_what_is_over_is_told_at_a_terminal_and_one_person_erases_nothing(claims: ClaimsHouse) -> None:
    paid(claims)

    def run(*arguments: str) -> Result:
        asked = ["erase-over", "--json", *arguments]
        return CliRunner().invoke(claims_commands, asked, obj=claims.house.builders, env=dict(claims.house.environment))

    assert json.loads(run().output) == {"over": 0, "years": 5, "rule": "2026-1"}
    alone = run("--by", "usr_lin")
    assert alone.exit_code == 10 and "own-approval" in alone.output


def test_an_invitation_that_made_no_claim_goes_with_whom_it_reached(claims: ClaimsHouse) -> None:
    policy, erasing = claims.register(), Erasing(claims.office)
    with claims.house.database.transaction() as session:
        invitation = Inviting(claims.office).invite_to_report(session, policy)
        person = session.get_one(InvitationToReport, invitation).person
    with claims.house.database.transaction() as session:
        erasing.forget_invitations(session, system_now() + timedelta(days=89))
        assert session.get(InvitationToReport, invitation) is not None
    with claims.house.database.transaction() as session:
        assert erasing.forget_invitations(session, system_now() + timedelta(days=92)) >= 1
    with claims.house.database.reading() as session:
        assert session.get(InvitationToReport, invitation) is None
        assert claims.office.house.records.is_erased(session, person)


def test_fewer_years_than_the_law_are_no_period() -> None:
    data = (FOLDER / "2026-1.json").read_bytes()
    assert read_periods(data).claim_years == 5
    with pytest.raises(ClaimDataBroken):
        read_periods(data.replace(b'"claim_years": 5', b'"claim_years": 4'))
    leap = system_now().date().replace(year=2028, month=2, day=29)
    assert years_before(leap, 5).isoformat() == "2023-02-28"
