"""Recorded handwriting of the demo's two people: `*.json` in the form `esign-handwriting/1`."""

from __future__ import annotations

from pathlib import Path

FOLDER = Path(__file__).parent
RECORDINGS = {"于文山": FOLDER / "yu-wenshan.json", "叶小禾": FOLDER / "ye-xiaohe.json"}


def recorded_handwriting(name: str) -> bytes:
    """Return the recording of a person's name: UTF-8 JSON, `esign-handwriting/1`.

    Raises KeyError for a name that is not among `RECORDINGS`.
    """
    return RECORDINGS[name].read_bytes()
