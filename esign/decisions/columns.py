"""What a column of a decision table is compared with, and the few forms that its cells may have.

The engine fails open: what it cannot parse, or compare, is a row that does not fire. Hence a cell is of one of these
forms or the table is refused.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from enum import StrEnum
from typing import Final


class Column(StrEnum):
    """What a column is compared with: a number, a yes or no, one word, or a list of words."""

    NUMBER = "number"
    FLAG = "flag"
    WORD = "word"
    WORDS = "words"


_NUMBER: Final = r"-?[0-9]{1,12}(\.[0-9]{1,4})?"
_WORD: Final = r'"[a-z][a-z0-9-]{0,63}"'
CELLS: Final[Mapping[Column, re.Pattern[str]]] = {
    Column.NUMBER: re.compile(rf"((<|<=|>|>=) )?{_NUMBER}|[\[(]{_NUMBER}\.\.{_NUMBER}[\])]", re.ASCII),
    Column.FLAG: re.compile(r"true|false", re.ASCII),
    Column.WORD: re.compile(rf"{_WORD}(, {_WORD})*", re.ASCII),
    Column.WORDS: re.compile(rf"contains\(\$, {_WORD}\)", re.ASCII),
}
"""The forms of a cell, by its column; an empty cell asks nothing."""
OUTPUT: Final = re.compile(rf'{_WORD}|""|[0-9]{{1,4}}', re.ASCII)
"""The forms of an output: a word, nothing, or a number."""


def is_cell(column: Column, cell: str) -> bool:
    """Tell whether a cell has a form of its column."""
    return CELLS[column].fullmatch(cell) is not None
