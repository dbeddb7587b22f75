"""`esign delivery routes`: the tree with its ways, and a rule that is set from a day on."""

from __future__ import annotations

import json
from datetime import timedelta

from click.testing import CliRunner, Result

from delivery.commands import delivery_commands
from delivery.domain.clocks import day_of
from esign.staff.room import staff_room
from tests.delivery_shell import DeliveryHouse
from tests.service import system_now
from tests.unit.staff.staff_office import OPERATOR


def command(room: DeliveryHouse, *arguments: str) -> Result:
    house = room.house
    return CliRunner().invoke(
        delivery_commands, ["routes", *arguments], obj=house.builders, env=dict(house.environment)
    )


def shown(room: DeliveryHouse, *arguments: str) -> dict[str, dict[str, object]]:
    told = json.loads(command(room, "show", "--json", *arguments).output)
    return {one["institution"]: one for one in told["institutions"]}


def test_a_route_is_set_from_a_day_on_and_shown_along_the_tree(room: DeliveryHouse) -> None:
    head = room.policy.sales["institution"]
    service = room.house.process.service
    institutions = staff_room(service.ports.database, service.ports.keys).institutions
    now = system_now()
    branch = institutions.open(OPERATOR, "望潮支公司", head, now=now)
    outlet = institutions.open(OPERATOR, "槐荫路网点", branch, now=now)
    day = (day_of(now) + timedelta(days=40)).isoformat()
    given = ("set", branch, "--print-centre", head, "--way", "relay", "--from", day)
    assert "set: institution" in command(room, *given).output
    assert "was set already" in command(room, *given).output

    line = shown(room, "--on", day)[outlet]
    assert (line["way"], line["print_centre"], line["stops"]) == ("relay", head, [branch])
    assert shown(room)[branch]["next_rule_from"] == day
    said = command(room, "show", "--on", day).output
    assert "槐荫路网点: relay from" in said
    assert "by 望潮支公司" in said


def test_a_rule_in_the_past_or_for_nobody_is_refused_in_one_line(room: DeliveryHouse) -> None:
    head = room.policy.sales["institution"]
    past = command(room, "set", head, "--print-centre", head, "--way", "direct", "--from", "2020-01-01")
    assert past.exit_code != 0
    assert "2020-01-01" in past.output
    nobody = command(room, "set", "ins_none", "--print-centre", head, "--way", "direct")
    assert "ins_none" in nobody.output
    assert command(room, "set", head, "--print-centre", head, "--way", "direct", "--from", "soon").exit_code == 2
