"""Who issues: what the documents say of the insurer beside its name, which the product has."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True)
class Insurer:
    """`mark` is the one character of its sign; `notice` stands at the foot of every page."""

    mark: str
    address: str
    phone: str
    site: str
    notice: str


CHENGYUE: Final = Insurer(
    mark="澄",
    address="栖川市澄江路 1 号澄岳大厦",
    phone="400-000-0726",
    site="www.chengyue.example",
    notice="演示样本：公司、产品、人物均属虚构",
)
