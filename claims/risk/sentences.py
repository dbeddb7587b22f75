"""The sentence of a point, filled with what was known when it fired: numbers, words that go by them, optional parts.

In a sentence `{parts}` is the number of parts, and `{parts:part is|parts are}` what stands for one and for more. What
is in square brackets is left out where one of its inputs is not known.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from claims.risk.comparing import Input

_PLACEHOLDER: Final = re.compile(r"\{([a-z0-9_]+)(?::([^{}|]+)\|([^{}|]+))?\}", re.ASCII)
_OPTIONAL: Final = re.compile(r"\[([^\[\]]*)\]")
_MARKS: Final = frozenset("{}[]|")


def inputs_in(text: str) -> frozenset[str]:
    """Return the inputs that a sentence speaks of."""
    return frozenset(name for name, _, _ in _PLACEHOLDER.findall(text))


def is_well_formed(text: str) -> bool:
    """Tell whether every brace, bracket and bar of a sentence is of the form above."""
    left = _PLACEHOLDER.sub("", _OPTIONAL.sub(r"\1", text))
    return not _MARKS & set(left)


def filled(text: str, inputs: Mapping[str, Input], unknown: str) -> str:
    """Return the sentence with its inputs; one that is not known, and is not optional, is `unknown`."""

    def optional(found: re.Match[str]) -> str:
        return found[1] if all(inputs.get(name) is not None for name in inputs_in(found[1])) else ""

    def shown(found: re.Match[str]) -> str:
        name, one, more = found.groups()
        value = inputs.get(name)
        if one is not None:
            return str(one if value == 1 else more)
        return unknown if value is None else _digits(value)

    return _PLACEHOLDER.sub(shown, _OPTIONAL.sub(optional, text))


def _digits(value: Input) -> str:
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)
