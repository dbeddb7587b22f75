"""Reads the tables of a policy: every key known, every value of its kind, and one line for what is wrong."""

from __future__ import annotations

import difflib
import re
from collections.abc import Collection, Mapping
from typing import Final, NoReturn

from esign.verify.acceptance.errors import PolicyRefused

ENTRIES_AT_MOST: Final = 200
TEXT_AT_MOST: Final = 500


class PolicyTable:
    """One table of a policy file. `source` and `where` say in an error which file and table it is about."""

    def __init__(self, source: str, where: str, values: Mapping[str, object]) -> None:
        self._source = source
        self._where = where
        self._values = dict(values)
        self._known: list[str] = []

    def flag(self, name: str, *, default: bool) -> bool:
        """Return true or false. Raises `PolicyRefused` (`policy-value`)."""
        value = self._take(name, default)
        if not isinstance(value, bool):
            self._refuse("value", f"{name} must be true or false")
        return value

    def number(self, name: str, *, low: int, high: int) -> int:
        """Return a whole number between `low` and `high`. Raises `PolicyRefused` (`policy-value`)."""
        value = self._take(name, None)
        if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
            self._refuse("value", f"{name} must be a whole number from {low} to {high}")
        return value

    def text(self, name: str) -> str:
        """Return a text of one line. Raises `PolicyRefused` (`policy-value`)."""
        value = self._take(name, None)
        if not isinstance(value, str) or not 0 < len(value) <= TEXT_AT_MOST or not value.isprintable():
            self._refuse("value", f"{name} must be a text of one line, at most {TEXT_AT_MOST} characters")
        return value

    def choice(self, name: str, among: Collection[str]) -> str:
        """Return one of the words. Raises `PolicyRefused` (`policy-value`)."""
        value = self._take(name, None)
        if not isinstance(value, str) or value not in among:
            self._refuse("value", f"{name} must be one of {', '.join(among)}")
        return value

    def words(self, name: str, form: re.Pattern[str], *, among: Collection[str] = ()) -> tuple[str, ...]:
        """Return a list of words, none twice, empty where it is left out; `among` bounds which.

        Raises `PolicyRefused` (`policy-value`).
        """
        value = self._take(name, [])
        if not isinstance(value, list) or len(value) > ENTRIES_AT_MOST:
            self._refuse("value", f"{name} must be a list of at most {ENTRIES_AT_MOST} entries")
        words = [word for word in value if isinstance(word, str) and form.fullmatch(word)]
        if len(words) != len(value) or len(set(words)) != len(words):
            self._refuse("value", f"{name} holds an entry that is not one, or one twice")
        if among and not set(words) <= set(among):
            self._refuse("value", f"{name} may hold {', '.join(among)}")
        return tuple(words)

    def table(self, name: str) -> Mapping[str, object]:
        """Return a table inside this one. Raises `PolicyRefused` (`policy-value`)."""
        value = self._take(name, None)
        if not isinstance(value, dict):
            self._refuse("value", f"{name} must be a table")
        return value

    def finish(self) -> None:
        """Refuse what nobody asked for. Raises `PolicyRefused` (`policy-key-unknown`)."""
        for name in self._values:
            near = difflib.get_close_matches(name, self._known, 1)
            meant = f"; did you mean {near[0]}?" if near else ""
            self._refuse("key-unknown", f"nothing is called {name[:40]!r} there{meant}")

    def _take(self, name: str, default: object) -> object:
        self._known.append(name)
        return self._values.pop(name, default)

    def _refuse(self, reason: str, cause: str) -> NoReturn:
        where = f" {self._where}" if self._where else ""
        raise PolicyRefused(f"policy-{reason}", f"{self._source}{where}: {cause}", "mend the policy file")
