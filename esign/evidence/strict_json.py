"""JSON from outside, read strictly: bounded, UTF-8, no key twice, no NaN or infinity; and checks of its shape."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Sequence
from typing import Final, NoReturn, cast

from esign.canonical_json import CanonicalizationError, encode_canonical
from esign.errors import EvidenceError

_NUMBERS: Final = frozenset({int, float})


class StrictJson:
    """Reads one kind of JSON document; every error has the code `<prefix>-...` and names the place, never a value."""

    def __init__(self, prefix: str, cure: str) -> None:
        self._prefix = prefix
        self._cure = cure

    def refuse(self, reason: str, cause: str) -> NoReturn:
        """Raise `EvidenceError` with the code `<prefix>-<reason>`."""
        raise EvidenceError(f"{self._prefix}-{reason}", cause, self._cure)

    def load(self, data: bytes, *, bytes_at_most: int) -> object:
        """Return the document's value. Raises `EvidenceError` (`-size`, `-json`)."""
        if len(data) > bytes_at_most:
            self.refuse("size", f"the {self._prefix} has {len(data)} bytes, more than {bytes_at_most}")
        try:
            value: object = json.loads(data.decode("utf-8"), object_pairs_hook=_distinct, parse_constant=_no_constant)
        # int() refuses thousands of digits with ValueError; brackets nested too deeply end in RecursionError.
        except (ValueError, RecursionError) as error:
            raise EvidenceError(
                f"{self._prefix}-json", f"the {self._prefix} is not plain, well-formed JSON", self._cure
            ) from error
        return value

    def canonical(self, value: object) -> bytes:
        """Return the value as RFC 8785 canonical JSON. Raises `EvidenceError` (`-range`)."""
        try:
            return encode_canonical(value)
        except CanonicalizationError as error:
            raise EvidenceError(
                f"{self._prefix}-range", f"the {self._prefix} has a value that JSON cannot carry", self._cure
            ) from error

    def members(self, value: object, names: Iterable[str], where: str) -> dict[str, object]:
        """Return the object's members, which must be exactly `names`."""
        if not isinstance(value, dict) or set(value) != set(names):
            self.refuse("form", f"{where} must be an object with exactly {', '.join(sorted(names))}")
        return value

    def sequence(self, value: object, where: str, *, at_most: int) -> list[object]:
        """Return the array, at most so long."""
        if not isinstance(value, list):
            self.refuse("form", f"{where} must be an array")
        if len(value) > at_most:
            self.refuse("size", f"{where} has {len(value)} entries, more than {at_most}")
        return value

    def text(self, value: object, where: str, *, at_most: int = 200) -> str:
        """Return the string: not empty, bounded, printable (so without control characters or lone surrogates)."""
        if not isinstance(value, str) or not 0 < len(value) <= at_most or not value.isprintable():
            self.refuse("form", f"{where} must be 1 to {at_most} printable characters")
        return value

    def number(self, value: object, where: str, low: float, high: float) -> float:
        """Return the finite number between `low` and `high`, both allowed."""
        if isinstance(value, bool) or not isinstance(value, int | float):
            self.refuse("form", f"{where} must be a number")
        if not low <= value <= high:  # false for NaN too; an int of any length compares without overflow
            self.refuse("range", f"{where} must be between {low:g} and {high:g}")
        return float(value)

    def numbers(self, values: Sequence[object], where: str, low: float, high: float) -> list[float]:
        """Return the numbers, of each of which `number` holds; those that are as they should be are judged together."""
        if _NUMBERS.issuperset(map(type, values)):
            numbers = cast("Sequence[float]", values)
            if all(low <= value <= high for value in numbers):
                return list(map(float, numbers))
        return [self.number(value, where, low, high) for value in values]

    def integer(self, value: object, where: str, low: int, high: int) -> int:
        """Return the integer between `low` and `high`, both allowed."""
        if isinstance(value, float) and math.isfinite(value) and value.is_integer():
            value = int(value)
        if isinstance(value, bool) or not isinstance(value, int):
            self.refuse("form", f"{where} must be an integer")
        if not low <= value <= high:
            self.refuse("range", f"{where} must be between {low} and {high}")
        return value

    def integers(self, values: Sequence[object], where: str, low: int, high: int) -> list[int]:
        """Return the integers, of each of which `integer` holds; judged together as `numbers` are."""
        if {int}.issuperset(map(type, values)):
            integers = cast("Sequence[int]", values)
            if all(low <= value <= high for value in integers):
                return list(integers)
        return [self.integer(value, where, low, high) for value in values]


def _distinct(pairs: list[tuple[str, object]]) -> dict[str, object]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise ValueError("a member name occurs twice")
    return members


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")
