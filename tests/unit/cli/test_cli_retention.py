"""Rules, agreements and holds from the machine."""

from __future__ import annotations

from pathlib import Path

from esign.retention.events import RULES_STREAM
from esign.retention.rules import usual_rules
from esign.staff.domain.roles import ApprovalKind
from tests.command import Desk
from tests.unit.staff.staff_office import Office

LIN = "usr_01k9x7m2qv8w3c5t6r4n0b1d2e"
NOTHING = "env_01k9x7m2qv8w3c5t6r4n0b1d2e"


def test_the_rules_are_shown_with_their_sources(office: Desk) -> None:
    told = office.run("retention", "rules").stdout
    assert "documents completed over-one-year" in told
    assert "P10Y" in told
    assert "Insurance Law art. 87" in told
    assert "within 15 working days" in told
    form = office.json("retention", "rules")
    assert form["sha256"] == usual_rules().digest
    assert {rule["kind"] for rule in form["rules"]} >= {"documents", "evidence", "photo", "certificates"}


def test_rules_of_a_file_that_leaves_a_doubt_stop_the_command(office: Desk, tmp_path: Path) -> None:
    (tmp_path / "rules.toml").write_text('schema = "esign-retention/1"\n')
    (tmp_path / "esign.toml").write_text('[retention]\nrules = "rules.toml"\n')
    told = office.run("retention", "rules", "--config", "esign.toml", status=10)
    assert "[retention-rules]" in told.stderr


def test_two_people_agree_to_the_rules_by_an_approval_once_there_are_two(started_office: Desk, staff: Office) -> None:
    assert started_office.json("retention", "due") == {
        "due": [],
        "erasure": "propose",
        "agreed": False,
        "sweep_erases": False,
        "due_without_envelope": [],
    }
    started_office.run("retention", "agree")  # nobody is there yet to agree to anything
    assert started_office.json("retention", "due")["agreed"]
    asks, decides = staff.officers()
    assert "[approval-needed]" in started_office.run("retention", "agree", status=10).stderr
    kind = ApprovalKind.RETENTION_RULES
    other = staff.approved(asks, decides, kind, "rules_other")
    refused = started_office.run("retention", "agree", "--approval", other, status=10)
    assert "[approval-of-something-else]" in refused.stderr
    approval = staff.approved(asks, decides, kind, f"rules_{usual_rules().digest}")
    started_office.run("retention", "agree", "--approval", approval)
    assert "[approval-used]" in started_office.run("retention", "agree", "--approval", approval, status=10).stderr
    first, second = staff.events(RULES_STREAM)
    assert (first.payload["by"], first.payload["approved_by"]) == ("operator", None)
    assert (second.payload["by"], second.payload["approved_by"]) == (asks.member, decides.member)
    assert "the sweep proposes" in started_office.run("retention", "due").stdout


def test_what_is_not_there_is_neither_held_nor_erased(started_office: Desk) -> None:
    held = ("retention", "hold", "set", NOTHING, "--reason", "court", "--by", LIN)
    assert "[no-envelope]" in started_office.run(*held, status=10).stderr
    lift = ("retention", "hold", "lift", "hld_x", "--approval", "apr_x")
    assert "[no-hold]" in started_office.run(*lift, status=10).stderr
    assert "no hold" in started_office.run("retention", "hold", "list", NOTHING).stdout
    for act in (("retention", "erase", NOTHING), ("evidence", "erase", NOTHING, "--reason", "court")):
        assert "[no-envelope]" in started_office.run(*act, status=10).stderr
