"""How the loss is surveyed: handed over to the customer's phone, or taken back."""

from __future__ import annotations

from typing import Final

from claims.domain.values import SurveyWay
from claims.tools.fields import Field, Kind, Section
from esign.public.console import N_

WAYS: Final = {
    SurveyWay.SELF_SERVICE.value: N_("交给客户用手机拍"),
    SurveyWay.SURVEYOR.value: N_("收回，派查勘员去"),
}
REASONS: Final = {
    "small-and-clear": N_("损失小，责任清楚"),
    "customer-wishes": N_("客户愿意自己拍"),
    "pictures-unclear": N_("照片看不清"),
    "customer-unable": N_("客户不会拍或不方便"),
    "needs-sight": N_("要到现场看"),
}
SELF_SERVICE: Final = (
    Section(
        N_("怎么查勘"),
        (
            Field("way", Kind.CHOICE, N_("由谁查勘"), choices=WAYS, needed=True),
            Field("reason", Kind.CHOICE, N_("为什么"), choices=REASONS, needed=True),
            Field("words", Kind.WORDS, N_("说明"), most=500),
        ),
    ),
)
