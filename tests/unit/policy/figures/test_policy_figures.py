"""The figures of a whole service: from its database, from an exported trail, and at the page, all the same."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import select

from esign.cli.trail_keys import own_verifier
from esign.infra.settings import load_settings
from esign.public.events import Projection, rebuild
from esign.staff.domain.roles import Role
from esign.trail.export import export_trail
from policy.commands import policy_commands
from policy.figures.projecting import figures_projection
from policy.figures.reading import figures_of_service
from policy.figures.rows import csv_of
from policy.models import JourneyRow
from tests.unit.policy.insurer import Insurer
from tests.unit.staff.staff_office import OPERATOR
from tests.unit.web.console_room import Member

HERE = "/console/policy/figures"


@pytest.fixture(scope="module")
def exported(house: Insurer, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the exported trail of an insurer who sold something, and the log's key."""
    house.sell(account="5183")
    house.sell_on_paper(account="9001")
    house.work()
    keeper = house.house.worker._keeper
    keeper._publisher.publish(house.house.database)  # what came after the last completion, too
    folder = tmp_path_factory.mktemp("exported")
    with house.house.database.reading() as session, (folder / "trail.jsonl").open("wb") as stream:
        export_trail(session, stream)
    (folder / "trail.key").write_text(own_verifier(load_settings(house.house.environment)).vkey)
    return folder


@pytest.fixture(scope="module")
def manager(house: Insurer) -> Member:
    return house.console.member("shen.lan", Role.SUPERVISOR, institution=house.institution, name="沈岚")


def figures(house: Insurer, *arguments: str | Path, status: int = 0) -> Result:
    """Run the command with the service's settings; fail with what it said unless it ends with `status`."""
    environment = dict(house.house.environment)
    given = ["figures", *map(str, arguments)]
    result = CliRunner().invoke(policy_commands, given, obj=house.house.builders, env=environment)
    assert result.exit_code == status, f"exit {result.exit_code}: {result.output} {result.exception!r}"
    return result


def of_export(folder: Path) -> tuple[str | Path, ...]:
    return ("--trail", folder / "trail.jsonl", "--log-key", folder / "trail.key")


def service_csv(house: Insurer) -> str:
    with house.house.database.reading() as session:
        return csv_of(figures_of_service(session))


def value(text: str, figure: str) -> str:
    rows = {(row["by"], row["figure"]): row["value"] for row in csv.DictReader(io.StringIO(text))}
    return rows["all", figure]


def test_an_exported_trail_gives_the_same_figures_to_the_last_digit(
    house: Insurer, exported: Path, tmp_path: Path
) -> None:
    figures(house, *of_export(exported), "--csv", tmp_path / "figures.csv")
    told = (tmp_path / "figures.csv").read_bytes().decode()
    assert told == service_csv(house)
    assert int(value(told, "issued")) >= 1
    assert int(value(told, "signatures-remote")) >= 1


def test_the_database_is_counted_where_no_trail_is_given(house: Insurer, exported: Path) -> None:
    del exported
    told = json.loads(figures(house, "--json").stdout)
    assert told["source"] == "the service's database"
    rows = {(one["by"], one["figure"]): one["value"] for one in told["rows"]}
    assert str(rows["all", "sent"]) == value(service_csv(house), "sent")


def test_the_figures_are_told_in_words_with_what_they_were_counted_from(house: Insurer, exported: Path) -> None:
    told = figures(house, *of_export(exported), "--product", "whole-life-suian").stdout
    for said in ("1 issued", "nine tenths within", "events of esign/trail, root ", "(provisional)", "by channel"):
        assert said in told


def test_an_export_that_was_changed_is_counted_by_nobody(house: Insurer, exported: Path, tmp_path: Path) -> None:
    lines = (exported / "trail.jsonl").read_bytes().splitlines(keepends=True)
    at = next(number for number, one in enumerate(lines) if b'"policy.issued"' in one)
    for name, changed in (
        ("other", [*lines[:at], lines[at].replace(b'"effective_on":"20', b'"effective_on":"21'), *lines[at + 1 :]]),
        ("without", [*lines[:at], *lines[at + 1 :]]),
        ("short", lines[:-1]),
    ):
        (tmp_path / name).write_bytes(b"".join(changed))
        asked = ("--trail", tmp_path / name, "--log-key", exported / "trail.key", "--csv", tmp_path / "none.csv")
        result = figures(house, *asked, status=10)
        assert (result.stdout, "[export-" in result.stderr) == ("", True)
        assert not (tmp_path / "none.csv").exists()


def test_an_export_is_not_counted_without_a_key_and_a_month_is_one(
    house: Insurer, exported: Path, tmp_path: Path
) -> None:
    told = figures(house, "--trail", exported / "trail.jsonl", status=10)
    assert "[trail-key-missing]" in told.stderr
    assert "2026-11" in figures(house, "--month", "November", status=2).stderr
    figures(house, *of_export(exported), "--month", "2031-01", "--csv", tmp_path / "none.csv")
    assert value((tmp_path / "none.csv").read_text("utf-8"), "sent") == "0"


def rows(house: Insurer) -> list[dict[str, Any]]:
    with house.house.database.reading() as session:
        found = session.scalars(select(JourneyRow).order_by(JourneyRow.proposal))
        return [{name: value for name, value in vars(row).items() if name[0] != "_"} for row in found]


@pytest.fixture
def projection() -> Iterator[Projection]:
    yield figures_projection()


def test_the_rows_made_anew_are_the_rows_that_were(house: Insurer, exported: Path, projection: Projection) -> None:
    del exported
    before = rows(house)
    assert before
    assert rebuild(house.house.database, projection) > 0
    assert rows(house) == before


def test_the_page_shows_the_figures_with_their_numbers_and_says_how_they_are_counted(
    house: Insurer, exported: Path, manager: Member
) -> None:
    del exported
    shown = manager.get(HERE)
    assert shown.status_code == 200
    for said in (
        "从发送到签完用了几小时",
        "走到哪一步",
        "暂计，还会变",
        "最近序位法",
        'class="chart narrow"',
        "看数字",
    ):
        assert said in shown.text
    assert "style=" not in shown.text
    for month in ("year", "1999-01", ""):
        assert manager.get(f"{HERE}?month={month}&product=nothing&institution=ins_nobodys").status_code == 200


def test_the_numbers_are_had_as_csv_within_ones_reach(house: Insurer, exported: Path, manager: Member) -> None:
    del exported
    told = manager.get(f"{HERE}.csv?month=year")
    assert told.content_type == "text/csv; charset=utf-8"
    assert told.data.startswith(b"\xef\xbb\xbf")
    assert told.text.lstrip("\ufeff") == service_csv(house)


def test_a_manager_of_another_branch_counts_nothing_of_it(house: Insurer, exported: Path) -> None:
    del exported
    room = house.console.office.room
    branch = room.institutions.open(OPERATOR, "别处支公司", house.institution, now=house.console.office.now)
    other = house.console.member("gao.yuan", Role.SUPERVISOR, institution=branch, name="高远")
    assert "还没有发送过投保单" in other.get(HERE).text
    assert value(other.get(f"{HERE}.csv").text.lstrip("\ufeff"), "sent") == "0"
    assert "别处支公司" in house.operations.get(HERE).text
    assert value(house.operations.get(f"{HERE}.csv?institution={branch}").text.lstrip("\ufeff"), "sent") == "0"


def test_salespeople_and_underwriters_have_no_figures(house: Insurer) -> None:
    for login in ("zhou.ming", "he.yun"):
        assert house.staff[login].get(HERE).status_code == 403
        assert house.staff[login].get(f"{HERE}.csv").status_code == 403
    assert house.operations.get(HERE).status_code == 200
