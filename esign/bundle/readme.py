"""`README.html`: how to check a bundle by hand, in Chinese and English, with commands that need nothing of ours.

The steps and their commands are data (`data/readme.toml`); a test takes the commands out of the page and runs them.
"""

from __future__ import annotations

import tomllib
from collections.abc import Container, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Final

from esign.bundle.facts import BundleFacts
from esign.bundle.page import page
from esign.bundle.words import ROLES, STATES

_STEPS: Final = files("esign.bundle") / "data" / "readme.toml"


@dataclass(frozen=True)
class ReadmeStep:
    """One thing to check: titles and texts in Chinese and English, the command (lines of a POSIX shell), and texts
    that it prints where all is right. `needs` is the member that it is about, where not every bundle has that."""

    zh_title: str
    en_title: str
    zh: str
    en: str
    command: str
    shows: tuple[str, ...]
    needs: str | None = None


@cache
def readme_steps() -> tuple[ReadmeStep, ...]:
    """Return the steps in the order in which they are done."""
    rows = tomllib.loads(_STEPS.read_text("utf-8"))["steps"]
    return tuple(
        ReadmeStep(**{**row, "command": row["command"].strip("\n"), "shows": tuple(row["shows"])}) for row in rows
    )


def steps_for(members: Container[str]) -> tuple[ReadmeStep, ...]:
    """Return the steps for a bundle of these members, in the order in which they are done."""
    return tuple(step for step in readme_steps() if step.needs is None or step.needs in members)


def readme_page(facts: BundleFacts) -> bytes:
    """Return the page of this bundle: UTF-8, without script and without any outside reference."""
    return page("readme.html", _values(facts), styles=("pages.css",))


def _values(facts: BundleFacts) -> Mapping[str, object]:
    return {
        "about": facts.description,
        "roles": ROLES,
        "states": STATES,
        "steps": steps_for(facts.members),
        "members": facts.members,
        "log_key": facts.log_key,
        "size": facts.size,
        "root": facts.root.hex(),
    }
