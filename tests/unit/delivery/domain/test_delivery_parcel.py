"""Parcels and print runs as pure folds: each step once, in order, and nothing that the tables do not name."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from delivery.domain.command import Command
from delivery.domain.event import Event
from delivery.domain.parcel import (
    CloseParcel,
    DispatchParcel,
    FillParcel,
    OpenParcel,
    Parcel,
    ParcelState,
    decide_parcel,
    evolve_parcel,
)
from delivery.domain.print_run import (
    BeginRun,
    EraseFile,
    PrintFileErased,
    PrintFileMade,
    PrintFileTaken,
    PrintRun,
    RecordFile,
    TakeFile,
    decide_run,
    evolve_run,
)
from delivery.domain.values import RouteWay
from delivery.errors import DeliveryRefused, DeliveryTrailBroken
from tests.unit.delivery.delivery_play import NOON, OPERATOR, OUTLET, STOPS

OPEN = OpenParcel(at=NOON, print_centre="ins_print", outlet=OUTLET, way=RouteWay.RELAY, stops=STOPS, by=OPERATOR)
CLOSE, EMPTY = CloseParcel(at=NOON, policies=3, by=OPERATOR), CloseParcel(at=NOON, policies=0)
SEND, FILL = DispatchParcel(at=NOON, by=OPERATOR), FillParcel(at=NOON)
BEGIN = BeginRun(at=NOON, print_centre="ins_print", printed_on=date(2026, 11, 2), number=1, policies=2, by=OPERATOR)
MADE = RecordFile(at=NOON, file="prf_1", outlet=OUTLET, part=1, policies=2, pages=8, sha256="ab" * 32)
TAKE, ERASE = TakeFile(at=NOON, file="prf_1", by=OPERATOR), EraseFile(at=NOON, file="prf_1")


def parcel_after(*commands: Command) -> Parcel | None:
    state: Parcel | None = None
    for command in commands:
        for event in decide_parcel(state, command):
            state = evolve_parcel(state, event)
    return state


def run_after(*commands: Command) -> tuple[PrintRun | None, list[Event]]:
    state, events = None, []
    for command in commands:
        for event in decide_run(state, command):
            state = evolve_run(state, event)
            events.append(event)
    return state, events


@pytest.mark.parametrize(
    ("before", "asked", "code"),
    [
        ((), CLOSE, "no-parcel"),
        ((OPEN,), SEND, "parcel-open"),
        ((OPEN,), EMPTY, "parcel-empty"),
        ((OPEN, CLOSE), FILL, "parcel-closed"),
        ((OPEN, CLOSE, SEND), FILL, "parcel-closed"),
        ((OPEN,), BEGIN, "malformed-command"),
        ((), OpenParcel(at=NOON, print_centre="x", outlet=OUTLET, way=RouteWay.DIRECT), "malformed-command"),
    ],
)
def test_a_step_out_of_order_is_refused(before: tuple[Command, ...], asked: Command, code: str) -> None:
    with pytest.raises(DeliveryRefused) as refused:
        decide_parcel(parcel_after(*before), asked)
    assert refused.value.code == code


@given(st.lists(st.sampled_from([OPEN, CLOSE, EMPTY, SEND, FILL]), max_size=8))
def test_a_parcel_goes_forward_whatever_is_asked(asked: list[Command]) -> None:
    state, order = None, list(ParcelState)
    for command in asked:
        try:
            events = decide_parcel(state, command)
        except DeliveryRefused:
            continue
        before = -1 if state is None else order.index(state.state)
        for event in events:
            state = evolve_parcel(state, event)
        if events and state is not None:
            assert order.index(state.state) == before + 1
        assert decide_parcel(state, command) == () or isinstance(command, FillParcel)


def test_a_file_is_recorded_once_taken_each_time_and_erased_for_good() -> None:
    state, events = run_after(BEGIN, BEGIN, MADE, MADE, TAKE, TAKE, ERASE, ERASE)
    kinds = [type(one) for one in events[1:]]
    assert kinds == [PrintFileMade, PrintFileTaken, PrintFileTaken, PrintFileErased]
    with pytest.raises(DeliveryRefused) as refused:
        decide_run(state, TAKE)
    assert refused.value.code == "print-file-erased"


@pytest.mark.parametrize(("before", "asked"), [((), MADE), ((BEGIN,), TAKE), ((BEGIN,), ERASE), ((BEGIN,), CLOSE)])
def test_what_is_of_no_run_is_refused(before: tuple[Command, ...], asked: Command) -> None:
    with pytest.raises(DeliveryRefused) as refused:
        decide_run(run_after(*before)[0], asked)
    assert refused.value.code == "no-print-run"


def test_events_that_cannot_follow_break_the_trail() -> None:
    (opened,), (begun,) = decide_parcel(None, OPEN), decide_run(None, BEGIN)
    made = decide_run(run_after(BEGIN)[0], MADE)[0]
    for evolve, state, event in (
        (evolve_parcel, None, made),
        (evolve_parcel, parcel_after(OPEN), opened),
        (evolve_run, None, made),
        (evolve_run, run_after(BEGIN)[0], begun),
    ):
        with pytest.raises(DeliveryTrailBroken):
            evolve(state, event)  # type: ignore[operator]
