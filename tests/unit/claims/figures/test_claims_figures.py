"""The figures of a whole service: from its database, from an exported trail, and at the page, all the same."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import select

from claims.api.figures_resource import FIGURES
from claims.commands import claims_commands
from claims.figures.figures import Report
from claims.figures.models import ClaimsLotRow, ClaimsUntilRow, CourseRow
from claims.figures.projecting import figures_projection
from claims.figures.reading import Choice, figures_of_service
from claims.figures.rows import csv_of, rows_of
from claims.room import ROOM
from esign.cli.trail_keys import own_verifier
from esign.infra.settings import load_settings
from esign.public.events import rebuild
from esign.staff.domain.roles import Role
from esign.trail.consumers import catch_up
from esign.trail.export import export_trail
from tests.invented_claims import record, year_of_claims
from tests.rooms import key_of
from tests.unit.claims.claims_office import HANDLER, LEAD, ClaimsOffice, claims_office
from tests.unit.claims.figures.recorded import told
from tests.unit.staff.staff_office import OPERATOR
from tests.unit.web.console_room import Member

HERE = "/console/claims/figures"
CLAIMS = 120
AT_ONCE = 97
"""So many events are handed to the consumer together: a claim's come in several lots."""


@dataclass
class Counted:
    """A service with a year of claims; its export and the key of its log lie in `folder`. `played` is what the year
    comes to by the events that the domain gave."""

    office: ClaimsOffice
    branch: str
    folder: Path
    played: Report

    @property
    def lead(self) -> Member:
        return self.office.staff[LEAD]

    def of_export(self) -> tuple[str | Path, ...]:
        return ("--trail", self.folder / "trail.jsonl", "--log-key", self.folder / "trail.key")

    def csv(self, choice: Choice | None = None) -> str:
        with self.office.claims.house.database.reading() as session:
            return csv_of(figures_of_service(session, choice or Choice()))

    def command(self, *arguments: str | Path, status: int = 0) -> Result:
        """Run the command with the service's settings; fail with what it said unless it ends with `status`."""
        house = self.office.claims.house
        given = ["figures", *map(str, arguments)]
        result = CliRunner().invoke(claims_commands, given, obj=house.builders, env=dict(house.environment))
        assert result.exit_code == status, f"exit {result.exit_code}: {result.output} {result.exception!r}"
        return result


@pytest.fixture(scope="module")
def counted(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Counted]:
    """A service of its own: others count what is reported in it."""
    folder = tmp_path_factory.mktemp("claims-figures")
    with claims_office(folder / "service") as office:
        house, staff = office.claims.house, office.console.office
        branch = staff.room.institutions.open(OPERATOR, "望潮支公司", office.institution, now=staff.now)
        plays = year_of_claims(CLAIMS, (office.institution, branch, None))
        record(office.claims.office, plays)
        house.worker._keeper.place()
        catch_up(house.database, figures_projection(), batch=AT_ONCE)
        house.worker._keeper._publisher.publish(house.database)
        with house.database.reading() as session, (folder / "trail.jsonl").open("wb") as stream:
            export_trail(session, stream)
        (folder / "trail.key").write_text(own_verifier(load_settings(house.environment)).vkey)
        yield Counted(office, branch, folder, told(plays))


def value(text: str, figure: str) -> str:
    rows = {(row["by"], row["figure"]): row["value"] for row in csv.DictReader(io.StringIO(text))}
    return rows["all", figure]


def test_a_year_comes_to_the_same_in_the_database_in_an_exported_trail_and_at_the_page_to_the_last_digit(
    counted: Counted, tmp_path: Path
) -> None:
    counted.command(*counted.of_export(), "--csv", tmp_path / "figures.csv")
    recomputed = (tmp_path / "figures.csv").read_bytes().decode()
    assert recomputed == counted.csv()
    assert int(value(recomputed, "reported")) + int(value(recomputed, "joined")) == CLAIMS
    assert int(value(recomputed, "paid")) > CLAIMS // 2
    newest, oldest = max(counted.played.months), min(counted.played.months)
    for month in (newest, oldest):
        page = counted.lead.get(f"{HERE}.csv?month={month}").text
        assert page.lstrip("\ufeff") == counted.csv(Choice(month=month))
        assert counted.csv(Choice(month=month)) == _exported(counted, tmp_path, "--month", month)
    whole = counted.played.months[newest]
    shown = counted.lead.get(HERE).text
    assert f"<b>{whole.real_time} 件</b>" in shown
    assert whole.small_share is not None
    assert f"<b>{whole.small_share // 10}.{whole.small_share % 10}%</b>" in shown


def test_what_the_service_counts_is_what_the_domain_said(counted: Counted) -> None:
    """Institutions have other names in the year that was played alone; all else is the same."""
    with counted.office.claims.house.database.reading() as session:
        report = figures_of_service(session)
    assert (report.whole, report.months, report.tiers, report.lanes) == (
        counted.played.whole,
        counted.played.months,
        counted.played.tiers,
        counted.played.lanes,
    )


def _exported(counted: Counted, folder: Path, *options: str) -> str:
    counted.command(*counted.of_export(), *options, "--csv", folder / "chosen.csv")
    return (folder / "chosen.csv").read_bytes().decode()


def test_tier_and_lane_choose_at_the_page_and_at_the_terminal_alike(counted: Counted, tmp_path: Path) -> None:
    chosen = Choice(tier="at-once", lane="express")
    exported = _exported(counted, tmp_path, "--tier", "at-once", "--lane", "express")
    assert exported == counted.csv(chosen)
    page = counted.lead.get(f"{HERE}.csv?month=year&tier=at-once&lane=express").text.lstrip("\ufeff")
    assert page == counted.csv(chosen)


def test_the_api_tells_the_rows_of_the_csv_to_keys_that_may_see_them(counted: Counted) -> None:
    house = counted.office.claims.house
    for asked, choice in (("", Choice()), ("?tier=at-once&lane=express", Choice(tier="at-once", lane="express"))):
        told = house.call("GET", f"/v1/claims/figures{asked}").get_json()
        with house.database.reading() as session:
            report = figures_of_service(session, choice)
        assert told["on"] == str(report.on)
        assert [(one["by"], one["of"], one["figure"], one["value"], one["provisional"]) for one in told["figures"]] == [
            (row.by, row.of, row.figure, row.value, row.is_provisional) for row in rows_of(report)
        ]
    assert house.call("GET", "/v1/claims/figures?month=soon").status_code == 422
    partner = key_of(house.database, ROOM.scopes, *(set(ROOM.scopes) - {FIGURES}))
    assert house.call("GET", "/v1/claims/figures", partner).status_code == 403


def test_the_database_is_counted_where_no_trail_is_given(counted: Counted) -> None:
    found = json.loads(counted.command("--json").stdout)
    assert found["source"] == "the service's database"
    rows = {(one["by"], one["figure"]): one["value"] for one in found["rows"]}
    assert rows["all", "small-within-a-day-percent"] == value(counted.csv(), "small-within-a-day-percent")


def test_the_figures_are_told_in_words_with_what_they_were_counted_from(counted: Counted) -> None:
    said = counted.command(*counted.of_export()).stdout
    for part in ("claims: paid ", "paid in real time ", "events of esign/trail, root ", "let go again ", "by tier"):
        assert part in said


def test_an_export_that_was_changed_is_counted_by_nobody(counted: Counted, tmp_path: Path) -> None:
    lines = (counted.folder / "trail.jsonl").read_bytes().splitlines(keepends=True)
    at = next(number for number, one in enumerate(lines) if b'"claim.blocked"' in one or b'"claim.refused"' in one)
    (tmp_path / "without").write_bytes(b"".join([*lines[:at], *lines[at + 1 :]]))
    key = counted.folder / "trail.key"
    result = counted.command(
        "--trail", tmp_path / "without", "--log-key", key, "--csv", tmp_path / "none.csv", status=10
    )
    assert (result.stdout, "[export-" in result.stderr) == ("", True)
    assert not (tmp_path / "none.csv").exists()


def test_the_rows_made_anew_are_the_rows_that_were(counted: Counted) -> None:
    before = rows(counted)
    assert before
    assert rebuild(counted.office.claims.house.database, figures_projection()) > 0
    assert rows(counted) == before


def rows(counted: Counted) -> list[list[tuple[str, str]]]:
    """Return the rows, without lots that are empty by now: what leaves a lot leaves its row."""
    found = []
    with counted.office.claims.house.database.reading() as session:
        for model in (CourseRow, ClaimsLotRow, ClaimsUntilRow):
            for row in session.scalars(select(model)):
                if not isinstance(row, ClaimsLotRow) or row.told != {"counts": {}, "times": {}}:
                    found.append(sorted((name, _plain(held)) for name, held in vars(row).items() if name[0] != "_"))
    return sorted(found)


def _plain(held: object) -> str:
    return json.dumps(held, sort_keys=True)


def test_the_page_shows_charts_with_their_numbers_and_says_how_they_are_counted(counted: Counted) -> None:
    shown = counted.lead.get(f"{HERE}?month=year")
    assert shown.status_code == 200
    for said in (
        "报案到到账",
        "每一步用了多久",
        "触发最多的风险点",
        "R010 ",
        "拦截后放行",
        "看数字",
        'class="chart narrow"',
    ):
        assert said in shown.text
    assert "style=" not in shown.text
    for query in ("month=1999-01&tier=nothing", "lane=nobody&institution=ins_nobodys"):
        assert counted.lead.get(f"{HERE}?{query}").status_code == 200


def test_a_lead_of_a_branch_counts_what_the_branch_has_and_what_nobody_owns_is_counted_at_the_root(
    counted: Counted,
) -> None:
    console = counted.office.console
    branch = console.member("shen.lan", Role.TEAM_LEAD, institution=counted.branch, name="沈岚")
    own = branch.get(f"{HERE}.csv?month=year").text
    chosen = counted.lead.get(f"{HERE}.csv?month=year&institution={counted.branch}").text
    assert own == chosen
    assert 0 < int(value(own.lstrip("\ufeff"), "reported")) < CLAIMS // 2
    assert "不属于任何机构" in counted.lead.get(f"{HERE}?month=year").text
    assert "不属于任何机构" not in branch.get(f"{HERE}?month=year").text


def test_auditors_and_compliance_see_the_figures_and_handlers_do_not(counted: Counted) -> None:
    console = counted.office.console
    for login, role, status in (("he.jing", Role.AUDITOR, 200), ("deng.he", Role.COMPLIANCE, 200)):
        member = console.member(login, role, institution=counted.office.institution, name="何静")
        assert member.get(HERE).status_code == status
    for path in (HERE, f"{HERE}.csv"):
        assert counted.office.staff[HANDLER].get(path).status_code == 403
