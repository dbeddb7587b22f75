"""What causes, reasons and fields are called at the hotline's pages."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Final

from claims.domain.values import SurveyWay
from esign.public.console import N_, words

PROPOSED: Final[Mapping[SurveyWay, str]] = {
    SurveyWay.SELF_SERVICE: N_("请客户用手机自助查勘"),
    SurveyWay.SURVEYOR: N_("派查勘员到现场"),
}
REASONS_CALLED: Final[Mapping[str, str]] = {
    "score-blocks": N_("风险评分要求由人来看"),
    "person-asked": N_("客户要求由人办理"),
    "injured": N_("有人受伤"),
    "third-party": N_("涉及其他人或其他车"),
    "small": N_("金额小"),
    "above-express": N_("金额超过快赔的限额"),
    "clear": N_("责任清楚"),
    "liability-unclear": N_("责任还不清楚"),
}
WRONG: Final[Mapping[str, str]] = {
    "token": N_("这张表已经失效。请刷新本页再填。"),
    "occurred_at": N_("请填出险时间，不能晚于现在。"),
    "place": N_("请填出险地点。"),
    "cause": N_("请选出险原因。"),
    "what": N_("请写一句发生了什么。"),
    "reporter": N_("请填报案人姓名。"),
    "phone": N_("请填报案人电话，只要数字。"),
    "driver": N_("请填驾驶人姓名。"),
    "estimate": N_("请填估计的损失金额，例如 1200 或 1200.50。"),
}


def left_called(left: timedelta) -> str:
    """Return how much time is left, to the second, or by how much it is late."""
    seconds = int(abs(left).total_seconds())
    clock = f"{seconds // 60}:{seconds % 60:02d}"
    said = words()
    return said.say(N_("过时限 %(t)s"), t=clock) if left <= timedelta() else said.say(N_("还有 %(t)s"), t=clock)
