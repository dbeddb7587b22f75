"""A running service, a sales platform that calls it, and a browser: shared by the tests of pages."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Playwright, expect, sync_playwright

from demo.phones import WAIT, Phone, chromium, face_film, phone
from demo.player import Platform
from tests.faults.running_service import RunningService, running
from tests.signers import face_jpeg


@pytest.fixture(scope="package")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningService]:
    """One service for all files of this folder: each has a client, and a branch of the insurer's staff, of its own.

    A file in which two people come to decide about roles starts its own: from then on the operator invites nobody
    whom they have not agreed to.
    """
    with running(RunningService(tmp_path_factory.mktemp("pages"))) as found:
        yield found


@pytest.fixture(scope="module")
def platform(service: RunningService) -> Iterator[Platform]:
    made = Platform(service.url, service.new_client())
    yield made
    made.api.close()


@pytest.fixture(scope="package")
def playwright() -> Iterator[Playwright]:
    """What starts browsers: a process can have one at a time."""
    expect.set_options(timeout=WAIT)  # how fast a machine is decides no test
    with sync_playwright() as found:
        yield found


@pytest.fixture(scope="package")
def browser(playwright: Playwright, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    """One browser for all files of this folder: each test has windows of its own, which share nothing."""
    film = face_film(tmp_path_factory.mktemp("face"), face_jpeg(3, (480, 640)))
    with chromium(playwright, film) as found:
        yield found


@pytest.fixture
def phones(browser: Browser) -> Iterator[Callable[..., Phone]]:
    """Make phones; at the end none of them has a complaint in its console that the test did not take off."""
    made: list[Phone] = []

    def make(**more: Any) -> Phone:
        made.append(phone(browser, **more))
        return made[-1]

    yield make
    complaints = [complaint for one in made for complaint in one.complaints]
    for one in made:
        one.close()
    assert complaints == []
