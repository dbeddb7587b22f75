"""`esign claims what-if`, over a service that has the room's tables."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from claims.commands import claims_commands
from claims.risk.facts import Facts, HistoryFacts, Step
from claims.risk.keeping import keep_scores
from claims.risk.links import LinkKind
from claims.risk.room_part import RISK_ADDING, RISK_CHANGING, link_keys
from claims.risk.tables import path_of
from esign.public.house import House
from esign.public.room import Room, RoomParts
from esign.public.rooms import Rooms
from esign.trail.vocabulary import Vocabulary
from tests.rooms import RoomHouse, room_house
from tests.unit.claims.risk.firing import NOON, scored

PROJECT = Path(__file__).parents[4] / "pyproject.toml"
TABLE = path_of(Step.HISTORY_NETWORK, "2026-1")
opened: list[House] = []


def open_room(house: House) -> RoomParts:
    opened.append(house)
    return RoomParts()


ROOM = Room("claims", "claims", Vocabulary([]), open_room, changing=RISK_CHANGING, adding=RISK_ADDING)


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RoomHouse]:
    with room_house(tmp_path_factory.mktemp("risk"), Rooms((ROOM,))) as one:
        with one.database.transaction() as session:
            for place in range(3):
                ring = scored(
                    Step.HISTORY_NETWORK, Facts(history=HistoryFacts(community=4 + 2 * place, frauds=place // 2))
                )
                keep_scores(session, f"clm_{place}", [ring], amount=1_500_00, at=NOON)
        yield one


def run(house: RoomHouse, file: Path, *further: str) -> Result:
    arguments = ["what-if", "--table", str(file), *further]
    return CliRunner().invoke(claims_commands, arguments, obj=house.builders, env=dict(house.environment))


def test_a_new_table_is_tried_on_past_claims(house: RoomHouse, tmp_path: Path) -> None:
    milder = TABLE.read_text(encoding="utf-8").replace('"20"', '"15"').replace("2026-1", "2026-2")
    file = tmp_path / "new.json"
    file.write_text(milder, encoding="utf-8")
    told = run(house, file)
    assert told.exit_code == 0, told.output
    lines = [line.split() for line in told.output.splitlines()]
    assert lines[0] == ["Table", "history-network", "2026-2", "over", "3", "past", "claims"]
    assert ["go", "to", "people", "2", "1"] in lines
    assert ["they", "claim,", "yuan", "3,000", "1,500"] in lines
    assert ["R101", "community", "of", "linked", "claims", "2", "2"] in lines
    assert ["newly", "for", "people:", "none"] in lines
    assert ["no", "longer", "for", "people:", "clm_1"] in lines


def test_it_is_told_as_json_too_and_from_a_day_on(house: RoomHouse) -> None:
    found = json.loads(run(house, TABLE, "--json").output)
    assert (found["step"], found["claims"], found["was"]["blocked"]) == ("history-network", 3, 2)
    assert found["was"] == found["would"]
    assert json.loads(run(house, TABLE, "--json", "--since", "2026-12-01").output)["claims"] == 0


def test_a_file_that_is_no_table_is_refused_in_one_line(house: RoomHouse, tmp_path: Path) -> None:
    file = tmp_path / "new.json"
    file.write_text("{}", encoding="utf-8")
    told = run(house, file)
    assert told.exit_code == 10
    assert told.output.startswith("esign: the risk points cannot be used: the table is none of a step; ")
    assert told.output.endswith("[risk-data]\n")


def test_its_help_has_an_example_and_the_product_names_it() -> None:
    told = CliRunner().invoke(claims_commands, ["what-if", "--help"]).output
    assert "esign claims what-if --table history-network-2026-2.json --since 2026-09-01" in told
    named = tomllib.loads(PROJECT.read_text("utf-8"))["project"]["entry-points"]["esign.commands"]["claims"]
    module, _, name = named.partition(":")
    assert getattr(import_module(module), name) is claims_commands


def test_links_are_made_under_the_key_of_the_house(house: RoomHouse) -> None:
    keys = link_keys(opened[0])
    assert keys.key(LinkKind.PHONE, "13800000001") == link_keys(opened[-1]).key(LinkKind.PHONE, "138 0000 0001")
    index = opened[0].records.index
    assert index.digest_for("claim-links", b"x") != index.digest_for("other", b"x")
