"""Why a claim can be refused. A score is no reason: it routes, and refuses nobody."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from esign.public.console import N_

REASONS: Final[Mapping[str, str]] = {
    "not-in-force": N_("出险时保险合同不在保险期间"),
    "not-covered": N_("不属于保险责任"),
    "excluded": N_("属于责任免除"),
    "no-licence": N_("驾驶人没有驾驶资格"),
    "drink-driving": N_("饮酒后驾驶"),
    "used-otherwise": N_("改变使用性质，风险显著增加"),
    "false-statement": N_("经查实，事故或损失陈述不实"),
    "no-proof": N_("不能证明事故性质、原因和损失程度"),
    "other": N_("其他，见说明"),
}
"""By code, in Chinese as it is printed on the notice; pages say it in either language."""
