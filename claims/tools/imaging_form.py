"""The pictures of a claim: which have to be taken again, and why; the customer is told."""

from __future__ import annotations

from typing import Final

from claims.tools.fields import Field, Kind, Section
from esign.public.console import N_

PICTURED: Final = {
    "whole-car": N_("整车"),
    "plate": N_("车牌"),
    "close-up": N_("撞痕"),
    "other-car": N_("对方车"),
    "vehicle-licence": N_("行驶证"),
    "driving-licence": N_("驾驶证"),
    "further": N_("其他"),
}
"""What each slot of the customer's guided photographs shows."""
REASONS: Final = {
    "blurred": N_("不清楚"),
    "dark": N_("太暗或反光"),
    "too-far": N_("离得太远"),
    "hidden": N_("被挡住了"),
    "another": N_("拍的不是这一样"),
    "further-damage": N_("还有别的伤处要看"),
}
IMAGING: Final = (
    Section(
        N_("请客户补拍"),
        (
            Field("slots", Kind.CHOICES, N_("补拍哪些"), choices=PICTURED, needed=True),
            Field("reason", Kind.CHOICE, N_("为什么"), choices=REASONS, needed=True),
            Field("words", Kind.WORDS, N_("说明"), most=500),
        ),
    ),
)
