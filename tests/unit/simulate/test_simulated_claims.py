"""Claims that are made up: by a seed, in secret from whoever scores, and through the room's own commands."""

from __future__ import annotations

import ast
from datetime import date, datetime
from pathlib import Path

from claims.domain.values import INSURERS_ZONE
from simulate.claims.chances import Dice
from simulate.claims.counting import counting
from simulate.claims.honest import Honest
from simulate.claims.people import Town
from simulate.claims.playing import Year
from simulate.claims.rings import LARGEST, SMALLEST, Rings
from simulate.claims.service import SQLITE, service
from simulate.claims.telling import Played, found_of, lines_of

ROOT = Path(__file__).parents[3]
FIRST = date(2026, 1, 1)
GENERATOR = ("chances", "people", "honest", "rings", "cases")


def imported(path: Path) -> set[str]:
    found = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module)
        elif isinstance(node, ast.Import):
            found.update(one.name for one in node.names)
    return found


def test_what_makes_claims_up_and_what_scores_them_know_nothing_of_each_other() -> None:
    made_up = {name for file in GENERATOR for name in imported(ROOT / "simulate" / "claims" / f"{file}.py")}
    assert not {name for name in made_up if name.startswith(("claims.risk", "claims.limits", "claims.service"))}
    scoring = {name for path in (ROOT / "claims").rglob("*.py") for name in imported(path)}
    assert not {name for name in scoring if name.startswith("simulate")}


def planted(seed: int) -> list[tuple[datetime, str, str]]:
    dice = Dice(seed)
    town = Town(dice, FIRST)
    rings = Rings(dice, town, Honest(dice, town, 50), FIRST, 334)
    return [(at, ring.name, holder.policy.number) for at, ring, holder in rings.plant(100)]


def test_the_same_seed_plants_the_same_rings() -> None:
    assert planted(3) == planted(3) != planted(4)
    sizes = [sum(name == ring for _, name, _ in planted(3)) for ring in {name for _, name, _ in planted(3)}]
    assert all(SMALLEST <= size <= LARGEST for size in sizes)


def test_an_honest_family_has_one_telephone_and_a_ring_has_few() -> None:
    dice = Dice(5)
    town = Town(dice, FIRST)
    honest = Honest(dice, town, 400)
    people = [one for household in honest._households if not household.is_fleet for one in honest._people(household)]
    phones = [one.person.phone for one in people]
    assert 1 < len(phones) / len(set(phones)) < 2
    at = datetime(2026, 3, 1, 9, tzinfo=INSURERS_ZONE)
    assert honest.case(1, at).ring == ""


def test_some_days_play_through_the_rooms_own_commands_and_nothing_is_refused() -> None:
    with service(SQLITE) as house, counting(house) as figures:
        year = Year(house, 1500, 2)
        for day in range(3):
            year.play_day(day)
            figures.hear(year.take_over())
        assert year.cases
        assert not year.counts.refused
        assert all(case.state is not None and case.first_lane for case in year.cases)
        figures.hear(year.unfinished)
        report = figures.report()
        told = "\n".join(lines_of(Played(year.cases, year.counts, 1.0, 1.0, 1.0, 1500, 2, SQLITE, report)))
    assert "False blocks" in told
    assert f"Counted from the trail's events: reported {len(year.cases)}, paid " in told
    assert "those who played noted the same." in told
    assert found_of(year.cases).honest + found_of(year.cases).claims == len(year.cases)
