"""Two people, or two workers, at one parcel or run at the same moment: each is answered, and nothing is done twice.

What others do in between is done at the very moment that a test needs: where one waits for what the other holds.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from delivery.domain import commands as c
from delivery.models import PrintFile, PrintLine, PrintRunRow
from delivery.printing.acts import Act
from delivery.printing.asking import Scan
from delivery.printing.filling import Filling, Page
from delivery.printing.merging import Merged
from delivery.printing.parcels import Parcels
from delivery.printing.runs import PrintRuns
from delivery.printing.scanning import Tone
from esign.public.console import Caller, Role
from esign.staff.actors import Factor
from tests.databases import _fresh
from tests.print_shop import PrintShop, print_shop
from tests.service import system_now

MOMENT = 2.0
"""Seconds for another to get as far as it can, or to wait for what is held."""


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def busy(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[PrintShop]:
    """A print centre on each database."""
    folder: Path = tmp_path_factory.mktemp("busy-shop")
    if request.param == "sqlite":
        with print_shop(folder) as shop:
            yield shop
        return
    with _fresh("template0") as url, print_shop(folder, ESIGN_DATABASE_URL=url) as shop:
        yield shop


class Other:
    """Somebody else, who does one thing at a moment that the test names."""

    def __init__(self, act: Callable[[], object]) -> None:
        self.answer: object = None
        self.error: BaseException | None = None
        self._act = act
        self._thread = threading.Thread(target=self._run)
        self._begun = False

    def _run(self) -> None:
        try:
            self.answer = self._act()
        except BaseException as error:  # noqa: BLE001  # told to the test
            self.error = error

    def comes(self) -> None:
        """Let them come, the first time that this is called; they have done it, or wait, when it returns."""
        if not self._begun:
            self._begun = True
            self._thread.start()
            self._thread.join(MOMENT)

    def ended(self) -> object:
        assert self._begun, "nobody came between"
        self._thread.join(30)
        assert self.error is None, repr(self.error)
        return self.answer


def printer(shop: PrintShop) -> Caller:
    return Caller(shop.printer_id, shop.centre, frozenset({Role.PRINTER}), "ses_tests", Factor.TOTP)


def before(monkeypatch: pytest.MonkeyPatch, place: type, name: str, other: Other) -> None:
    """Let somebody else come as this method begins."""
    method = getattr(place, name)

    def meanwhile(*given: Any, **named: Any) -> Any:
        other.comes()
        return method(*given, **named)

    monkeypatch.setattr(place, name, meanwhile)


def after(monkeypatch: pytest.MonkeyPatch, place: type, name: str, other: Other) -> None:
    """Let somebody else come as this method has ended."""
    method = getattr(place, name)

    def meanwhile(*given: Any, **named: Any) -> Any:
        found = method(*given, **named)
        other.comes()
        return found

    monkeypatch.setattr(place, name, meanwhile)


def closed_parcel(shop: PrintShop, count: int) -> tuple[str, list[str]]:
    """Return a closed parcel with so many policies in it."""
    numbers = [shop.issue() for _ in range(count)]
    shop.runs.make(shop.runs.begin(shop.centre, by=shop.printer_id))
    parcel = shop.parcels.open(shop.centre, shop.outlet, by=shop.printer_id, actor="tests")
    for number in numbers:
        for act in (Act.BIND, Act.PASS, Act.PACK):
            assert shop.scanning.take(printer(shop), Scan(act, number, parcel)).tone is Tone.DONE
    shop.parcels.close(parcel, by=shop.printer_id, actor="tests")
    return parcel, numbers


def test_two_operators_who_begin_a_run_at_once_begin_one(busy: PrintShop, monkeypatch: pytest.MonkeyPatch) -> None:
    numbers = [busy.issue() for _ in range(2)]
    other = Other(lambda: busy.runs.begin(busy.centre, by=busy.printer_id))
    after(monkeypatch, PrintRuns, "waiting", other)
    run = busy.runs.begin(busy.centre, by=busy.printer_id)
    assert other.ended() == run
    with busy.house.database.reading() as session:
        lines = session.scalars(select(PrintLine.policy).where(PrintLine.run == run)).all()
        assert sorted(lines) == sorted(numbers)
        assert session.get_one(PrintRunRow, run).policies == 2
    busy.runs.make(run)


def test_two_workers_who_make_the_same_file_keep_one(busy: PrintShop, monkeypatch: pytest.MonkeyPatch) -> None:
    numbers = [busy.issue() for _ in range(2)]
    run = busy.runs.begin(busy.centre, by=busy.printer_id)
    merge, other = Filling.merge, Other(lambda: busy.runs.make(run))

    def meanwhile(self: Filling, run: str, pages: Sequence[Page]) -> Merged:
        monkeypatch.setattr(Filling, "merge", merge)
        other.comes()
        other.ended()
        return merge(self, run, pages)

    monkeypatch.setattr(Filling, "merge", meanwhile)
    busy.runs.make(run)
    with busy.house.database.reading() as session:
        (file,) = session.scalars(select(PrintFile).where(PrintFile.run == run))
        assert file.policies == 2
        assert busy.runs.progress(session, run).troubled == 0
    assert [busy.events(one).count("delivery.printed") for one in numbers] == [1, 1]
    assert busy.insurer.house.events(run).count("print-run.file-made") == 1


def test_who_packs_again_and_who_dispatches_do_not_wait_for_each_other(
    busy: PrintShop, monkeypatch: pytest.MonkeyPatch
) -> None:
    parcel, numbers = closed_parcel(busy, 2)
    other = Other(lambda: busy.parcels.dispatch(parcel, by=busy.printer_id, actor="tests"))
    before(monkeypatch, Parcels, "require_open", other)
    told = busy.scanning.take(printer(busy), Scan(Act.PACK, numbers[0], parcel))
    assert told.refused is not None
    assert told.refused.code == "parcel-closed"
    assert other.ended() == 2
    assert [busy.state(one) for one in numbers] == ["underway"] * 2


@pytest.mark.parametrize("act", ["dispatch", "arrive"])
def test_a_parcel_goes_on_although_somebody_writes_about_a_policy_in_it(
    busy: PrintShop, monkeypatch: pytest.MonkeyPatch, act: str
) -> None:
    parcel, numbers = closed_parcel(busy, 2)
    if act == "arrive":
        busy.parcels.dispatch(parcel, by=busy.printer_id, actor="tests")
    streams, came = busy.scanning._deliveries.streams, list[str]()
    hold = streams._hold

    def held(session: Session, wanted: Sequence[str]) -> object:
        """Hold them once somebody else has let go of one: a call that was logged a little later than this began."""
        found = hold(session, wanted)
        if len(wanted) > 1 and not came:
            came.append(wanted[0])
            at = system_now() + timedelta(seconds=3)
            called = c.LogCall(at=at, call="cal_1", outcome="no-answer", by=busy.seller)
            streams.execute(session, wanted[0], called, actor="tests")
        return found

    monkeypatch.setattr(streams, "_hold", held)
    if act == "dispatch":
        assert busy.parcels.dispatch(parcel, by=busy.printer_id, actor="tests") == 2
    else:
        clerk = Caller("usr_clerk", busy.outlet, frozenset({Role.CLERK}), "ses_tests", Factor.TOTP)
        assert busy.scanning.arrive_all(clerk, parcel).policies == 2
    assert came
    assert {busy.state(one) for one in numbers} == {"underway" if act == "dispatch" else "at-outlet"}
