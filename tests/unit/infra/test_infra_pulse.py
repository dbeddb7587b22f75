"""The pulse: it goes on after failures, and stops when it is told to."""

from __future__ import annotations

import threading

import pytest

from esign.infra import pulse
from esign.infra.pulse import Beat, Pulse


def test_every_beat_is_heard_again_and_again() -> None:
    heard = [threading.Semaphore(0), threading.Semaphore(0)]
    beating = Pulse([Beat(f"beat-{number}", 0.001, one.release) for number, one in enumerate(heard)])
    beating.start()
    assert all(one.acquire(timeout=20) for one in heard * 3)
    beating.stop()


def test_a_beat_that_fails_is_tried_again_and_holds_up_no_other(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pulse, "LONGEST_PAUSE", 0.001)
    failed, heard = threading.Semaphore(0), threading.Semaphore(0)

    def fail() -> None:
        failed.release()
        raise ZeroDivisionError

    beating = Pulse([Beat("failing", 0.001, fail), Beat("sound", 0.001, heard.release)])
    beating.start()
    assert all(one.acquire(timeout=20) for one in [failed, heard] * 3)
    beating.stop()


def test_stopping_waits_for_the_beat_that_runs() -> None:
    began, ended = threading.Event(), []
    stopping = threading.Event()

    def work() -> None:
        began.set()
        stopping.wait(20)
        ended.append(True)

    beating = Pulse([Beat("long", 0.001, work)])
    beating.start()
    assert began.wait(20)
    stopper = threading.Thread(target=beating.stop)
    stopper.start()
    stopping.set()
    stopper.join(20)
    assert ended == [True]


def test_what_was_never_started_can_be_stopped() -> None:
    Pulse([Beat("never", 1, int)]).stop()
