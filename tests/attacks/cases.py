"""What an attack or an oddity is: something that makes a file, the verdict that is due, and where it is described."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Final, TypeVar

Make = Callable[[], bytes]
Variant = TypeVar("Variant")
_SOURCE: Final = re.compile(r"Source: (\S.+)", re.DOTALL)


@dataclass(frozen=True)
class Case:
    """One file and the verdict on it.

    `conclusion` is the document's; `codes` are findings that must be there (of whatever severity). `source` is the
    paper, advisory or clause that the maker's docstring names.
    """

    name: str
    make: Make
    conclusion: str
    codes: frozenset[str]
    source: str
    password: str | None = None


class Collection:
    """The cases of one kind, in the order in which they are written down."""

    def __init__(self, conclusion: str) -> None:
        """`conclusion` is what is due unless a case says otherwise."""
        self._conclusion = conclusion
        self.cases: dict[str, Case] = {}

    def __call__(
        self, *codes: str, conclusion: str | None = None, password: str | None = None
    ) -> Callable[[Make], Make]:
        """Enter the decorated maker. Its docstring must name a source; its name must be its own."""

        def enter(make: Make) -> Make:
            name = make.__name__.replace("_", " ")
            self._enter(name, make, make.__doc__ or "", codes, conclusion, password)
            return make

        return enter

    def each(
        self, variants: Mapping[str, Variant], *codes: str, conclusion: str | None = None
    ) -> Callable[[Callable[[Variant], bytes]], Callable[[Variant], bytes]]:
        """Enter the decorated maker once for each variant, which it takes; its name begins the names of the cases."""

        def enter(make: Callable[[Variant], bytes]) -> Callable[[Variant], bytes]:
            for name, variant in variants.items():
                whole = f"{make.__name__.replace('_', ' ')}: {name}"
                self._enter(whole, partial(make, variant), make.__doc__ or "", codes, conclusion, None)
            return make

        return enter

    def _enter(
        self,
        name: str,
        make: Make,
        docstring: str,
        codes: tuple[str, ...],
        conclusion: str | None,
        password: str | None,
    ) -> None:
        found = _SOURCE.search(docstring)
        if found is None or name in self.cases:
            raise ValueError(f"{name}: a case names its source, and no two have one name")
        source = " ".join(found.group(1).split())
        self.cases[name] = Case(name, make, conclusion or self._conclusion, frozenset(codes), source, password)


attack = Collection("TOTAL-FAILED")
honest = Collection("TOTAL-PASSED")
