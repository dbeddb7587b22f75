"""The player takes a recipient through a ceremony as a person would: it reads as long as is asked."""

from __future__ import annotations

from typing import Any

import pytest

from demo import player
from demo.player import Signer

SIGNER = Signer("applicant", "于文山", "13800004026", "990106199105192218", b"", b"")


class Device:
    """Answers as the service does, and remembers what was asked, closed and waited for."""

    asks: int = 0
    told: list[str]

    def __init__(self, _url: str, _token: str = "", *, timing: object = None) -> None:
        del timing

    def post(self, path: str, _body: object = None, *, route: str = "") -> Any:
        del route
        self.told.append(path.rsplit("/", 1)[-1])
        return {"token": "t"}

    def get(self, path: str, _route: str = "") -> bytes:
        self.told.append(path.rsplit("/", 1)[-1])
        return b""

    def json(self, _path: str) -> Any:
        return {"consents": [], "pages": 2, "minimum_reading_seconds": self.asks}

    def close(self) -> None:
        self.told.append("closed")


@pytest.mark.parametrize(
    ("asked", "last"),
    [(0, ["1.jpg", "2.jpg", "pages", "finish-reading"]), (30, ["2.jpg", "closed", "slept", "pages", "finish-reading"])],
)
def test_the_player_reads_the_last_page_until_the_least_time_is_over(
    monkeypatch: pytest.MonkeyPatch, asked: int, last: list[str]
) -> None:
    told: list[str] = []
    slept: list[float] = []

    def sleep(seconds: float) -> None:
        told.append("slept")
        slept.append(seconds)

    monkeypatch.setattr(player.time, "sleep", sleep)
    monkeypatch.setattr(player.time, "monotonic", lambda: 7.0)
    monkeypatch.setattr(Device, "told", told, raising=False)
    monkeypatch.setattr(Device, "asks", asked)
    player.read("http://service", "link", SIGNER, connect=Device)  # type: ignore[arg-type]
    assert told[-len(last) :] == last
    assert slept == ([31.0] if asked else [])
