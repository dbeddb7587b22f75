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

from delivery.commands import delivery_commands
from delivery.domain import commands as c
from delivery.domain.values import Medium, ReceiptWay
from delivery.figures.models import LotRow, UntilRow, WayRow
from delivery.figures.projecting import figures_projection
from delivery.figures.reading import Choice, figures_of_service
from delivery.figures.rows import csv_of
from delivery.room import ROOM as DELIVERY
from esign.cli.trail_keys import own_verifier
from esign.infra.settings import load_settings
from esign.public.events import rebuild
from esign.public.figures import Month
from esign.public.rooms import Rooms
from esign.staff.domain.roles import Role
from esign.trail.export import export_trail
from tests.delivery_shell import DeliveryHouse, delivery_house
from tests.rooms import RoomHouse, room_house
from tests.unit.staff.staff_office import OPERATOR
from tests.unit.web.console_room import ConsoleRoom, Member, console_over

HERE = "/console/delivery/figures"
PAPER = (c.Print, c.Bind, c.Check, c.Pack, c.Dispatch, c.Reach, c.Forward, c.Arrive, c.Hand)


@dataclass
class Counted:
    """A service in which something was delivered; its export and the key of its log lie in `folder`."""

    room: DeliveryHouse
    console: ConsoleRoom
    institution: str
    operations: Member
    folder: Path

    def of_export(self) -> tuple[str | Path, ...]:
        return ("--trail", self.folder / "trail.jsonl", "--log-key", self.folder / "trail.key")

    def csv(self, choice: Choice | None = None) -> str:
        with self.room.house.database.reading() as session:
            return csv_of(figures_of_service(session, choice or Choice()))

    def command(self, *arguments: str | Path, status: int = 0) -> Result:
        """Run the command with the service's settings; fail with what it said unless it ends with `status`."""
        given = ["figures", *map(str, arguments)]
        house = self.room.house
        result = CliRunner().invoke(delivery_commands, given, obj=house.builders, env=dict(house.environment))
        assert result.exit_code == status, f"exit {result.exit_code}: {result.output} {result.exception!r}"
        return result


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RoomHouse]:
    """A service of its own: institutions are opened in it, which others count."""
    with room_house(tmp_path_factory.mktemp("figures"), Rooms((DELIVERY,))) as opened:
        yield opened


@pytest.fixture(scope="module")
def counted(house: RoomHouse, tmp_path_factory: pytest.TempPathFactory) -> Counted:
    room = delivery_house(house)
    parts = [part.console for part in house.process.parts if part.console is not None]
    console = console_over(house.process.service, parts, codes=house.process.rooms.codes)
    institution = console.begin()
    operations = console.member("deng.hui", Role.OPERATIONS, institution=institution, name="邓慧")
    place = {"institution": institution, "channel": "bank", "product": "term-life-anxing"}
    room.deliver(c.RecordIssued, *PAPER, c.Sign, c.Return, days_ago=3)
    waiting = room.deliver(c.RecordIssued, days_ago=20, **place)
    room.do(waiting, c.FallLate)
    room.do(waiting, c.ExplainLate, reason="customer-ill")
    for number, way in enumerate((ReceiptWay.SELF, ReceiptWay.ASSISTED)):
        electronic = room.deliver(days_ago=2, **place)
        room.do(electronic, c.RecordIssued, medium=Medium.ELECTRONIC, policy=f"CY9{number:07d}")
        room.do(electronic, c.SendLink)
        room.do(electronic, c.Sign, way=way)
    room.hear()
    house.worker._keeper._publisher.publish(house.database)
    folder = tmp_path_factory.mktemp("exported")
    with house.database.reading() as session, (folder / "trail.jsonl").open("wb") as stream:
        export_trail(session, stream)
    (folder / "trail.key").write_text(own_verifier(load_settings(house.environment)).vkey)
    return Counted(room, console, institution, operations, folder)


def value(text: str, figure: str) -> str:
    rows = {(row["by"], row["figure"]): row["value"] for row in csv.DictReader(io.StringIO(text))}
    return rows["all", figure]


def test_an_exported_trail_gives_the_rate_of_the_page_and_of_the_database_to_the_last_digit(
    counted: Counted, tmp_path: Path
) -> None:
    counted.command(*counted.of_export(), "--csv", tmp_path / "figures.csv")
    recomputed = (tmp_path / "figures.csv").read_bytes().decode()
    assert recomputed == counted.csv()
    assert value(recomputed, "late-customer-ill") == "1"
    chosen = Choice(institutions={counted.institution})
    page = counted.operations.get(f"{HERE}.csv?month=year&institution={counted.institution}").text
    assert page.lstrip("\ufeff") == counted.csv(chosen)
    with counted.room.house.database.reading() as session:
        whole = figures_of_service(session, chosen).whole
    rate = whole.rate_share
    assert rate is not None
    shown = counted.operations.get(f"{HERE}?month=year&institution={counted.institution}").text
    assert f"<b>{rate // 10}.{rate % 10}%</b>" in shown


def test_the_database_is_counted_where_no_trail_is_given(counted: Counted) -> None:
    told = json.loads(counted.command("--json").stdout)
    assert told["source"] == "the service's database"
    rows = {(one["by"], one["figure"]): one["value"] for one in told["rows"]}
    assert rows["all", "rate-percent"] == value(counted.csv(), "rate-percent")


def test_the_figures_are_told_in_words_with_what_they_were_counted_from(counted: Counted) -> None:
    told = counted.command(*counted.of_export(), "--product", "term-life-anxing", "--channel", "bank").stdout
    for said in ("15-day rate ", "events of esign/trail, root ", "late by reason: customer-ill 1", "by institution"):
        assert said in told


def test_an_export_that_was_changed_is_counted_by_nobody(counted: Counted, tmp_path: Path) -> None:
    lines = (counted.folder / "trail.jsonl").read_bytes().splitlines(keepends=True)
    at = next(number for number, one in enumerate(lines) if b'"delivery.fell-late"' in one)
    (tmp_path / "without").write_bytes(b"".join([*lines[:at], *lines[at + 1 :]]))
    key = counted.folder / "trail.key"
    result = counted.command("--trail", tmp_path / "without", "--log-key", key, status=10)
    assert (result.stdout, "[export-" in result.stderr) == ("", True)


def test_a_month_is_one_of_the_calendar_and_counts_nothing_else(counted: Counted, tmp_path: Path) -> None:
    assert "2026-11" in counted.command("--month", "November", status=2).stderr
    counted.command(*counted.of_export(), "--month", "2031-01", "--csv", tmp_path / "none.csv")
    assert value((tmp_path / "none.csv").read_text(), "in-time") == "0"
    assert counted.csv(Choice(month=Month("2031-01"))) == (tmp_path / "none.csv").read_bytes().decode()


def test_the_line_of_rates_has_the_rates_of_the_whole_figures_and_reads_no_hours(counted: Counted) -> None:
    with counted.room.house.database.reading() as session:
        whole, light = (figures_of_service(session, with_legs=one) for one in (True, False))
    assert any(one.count for one in whole.whole.legs.values())
    assert not any(one.count for one in light.whole.legs.values())
    assert {month: (one.rate, one.is_provisional) for month, one in light.months.items()} == {
        month: (one.rate, one.is_provisional) for month, one in whole.months.items()
    }


def test_the_rows_made_anew_are_the_rows_that_were(counted: Counted) -> None:
    before = rows(counted)
    assert before
    assert rebuild(counted.room.house.database, figures_projection()) > 0
    assert rows(counted) == before


def rows(counted: Counted) -> list[list[tuple[str, str]]]:
    found = []
    with counted.room.house.database.reading() as session:
        for model in (WayRow, LotRow, UntilRow):
            for row in session.scalars(select(model)):
                found.append(sorted((name, repr(value)) for name, value in vars(row).items() if name[0] != "_"))
    return sorted(found)


def test_the_page_shows_charts_with_their_numbers_and_says_how_they_are_counted(counted: Counted) -> None:
    shown = counted.operations.get(HERE)
    assert shown.status_code == 200
    for said in ("15 日送达率", "每一段用了几天", "退保、撤单、作废", "客户住院", "看数字", 'class="chart narrow"'):
        assert said in shown.text
    assert "style=" not in shown.text
    for query in ("month=1999-01&product=nothing", "channel=nobody&institution=ins_nobodys", "month=year"):
        assert counted.operations.get(f"{HERE}?{query}").status_code == 200


def test_who_is_of_another_branch_counts_nothing_of_it(counted: Counted) -> None:
    room = counted.console.office.room
    branch = room.institutions.open(OPERATOR, "别处支公司", counted.institution, now=counted.console.office.now)
    other = counted.console.member("gao.yuan", Role.SUPERVISOR, institution=branch, name="高远")
    assert "还没有出单的保单" in other.get(HERE).text
    told = other.get(f"{HERE}.csv?month=year").text.lstrip("\ufeff")
    assert (value(told, "in-time"), value(told, "open")) == ("0", "0")


def test_salespeople_have_no_figures(counted: Counted) -> None:
    seller = counted.console.member("sun.mei", Role.SALES, institution=counted.institution, name="孙梅")
    assert seller.get(HERE).status_code == 403
    assert seller.get(f"{HERE}.csv").status_code == 403
