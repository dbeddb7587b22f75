"""What a filed form says, in words: each field by its label, choices by what they are called, amounts in yuan."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Final

from claims.pages import words as w
from claims.parts.files import load_parts
from claims.tools.fields import Field, Kind, Value
from claims.tools.filing import Filed
from claims.tools.forms import FORMS
from claims.tools.tool import Tool
from esign.public.console import N_, words

_OTHER: Final[Mapping[str, str]] = {
    **w.LOSSES,
    "fault": N_("被保险人的责任"),
    "salvage": N_("残值"),
    "other_car": N_("有对方车辆"),
    "subrogates": N_("客户选择代位求偿"),
    "lines": N_("项目"),
    "injury": N_("人伤费用"),
    "fen": N_("金额"),
    "reason": N_("原因"),
}
"""Fields of forms that are no list of fields: the assessment and the settlement."""
_NO_AMOUNTS: Final = frozenset({"fault"})


def said_in_words(filed: Filed) -> list[tuple[str, str]]:
    """Return label and value of every field that was filled in, in the language of this request."""
    said, told = filed.said or {}, words().say
    known = {one.name: one for section in FORMS.get(filed.tool, ()) for one in section.fields}
    found = []
    for name, field in known.items():
        if name in said:
            found.append((told(field.label), _value(field, said[name])))
    for name, value in said.items():
        if name not in known and name in _OTHER:
            found.append((told(_OTHER[name]), _other(filed.tool, name, value)))
    return found


def _value(field: Field, value: Value) -> str:
    if isinstance(value, bool):
        return _yes_no(value)
    if isinstance(value, tuple):
        return _joined([_choice(field, one) for one in value])
    said = _SAID.get(field.kind)
    return f"{value} {field.unit}".strip() if said is None or value is None else said(field, value)


def _choice(field: Field, value: str | int) -> str:
    return words().say((field.choices or {}).get(str(value), str(value)))


_SAID: Final[Mapping[Kind, Callable[[Field, str | int], str]]] = {
    Kind.CHOICE: _choice,
    Kind.YUAN: lambda _field, value: w.in_yuan(int(value)),
    Kind.DAY: lambda _field, value: words().day(date.fromisoformat(str(value))),
    Kind.MOMENT: lambda _field, value: words().moment(datetime.fromisoformat(str(value))),
}


def _yes_no(value: bool) -> str:
    return words().say(N_("是")) if value else words().say(N_("否"))


def _other(tool: Tool, name: str, value: Value) -> str:
    if isinstance(value, bool):
        return _yes_no(value)
    if isinstance(value, int):
        return f"{value}%" if name in _NO_AMOUNTS else w.in_yuan(value)
    if isinstance(value, tuple):
        return _joined([_item(one) for one in value])
    if tool is Tool.RECOVERY and str(value) in w.RECOVERY_ENDS:
        return words().say(w.RECOVERY_ENDS[str(value)])
    return str(value)


def _item(line: str) -> str:
    """A line of an assessment as its form has it: code and quantity."""
    code, _, count = line.partition(" ")
    item = load_parts()[-1].find(code)
    called = code if item is None else w.text_of(item.words)
    return f"{called} × {count}"


def _joined(names: list[str]) -> str:
    return words().choose("、", ", ").join(names)
