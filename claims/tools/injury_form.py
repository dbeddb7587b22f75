"""The injury form: one injured person, treatment and costs. What it comes to goes into the assessment."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from claims.tools.fields import Field, Kind, Section, Value
from esign.public.console import N_

WHO: Final = {
    "driver": N_("本车驾驶人"),
    "passenger": N_("本车乘客"),
    "other": N_("对方或行人"),
}
GRADES: Final = {
    "0": N_("没有外伤"),
    "1": N_("擦伤、挫伤"),
    "2": N_("需要缝合，或轻微脑震荡"),
    "3": N_("骨折，不住院"),
    "4": N_("住院治疗"),
    "5": N_("手术，或有伤残"),
    "6": N_("死亡"),
}
PARTS: Final = {
    "head": N_("头面部"),
    "neck": N_("颈部"),
    "chest": N_("胸部"),
    "back": N_("腰背"),
    "abdomen": N_("腹部"),
    "arm": N_("上肢"),
    "leg": N_("下肢"),
    "teeth": N_("牙齿"),
}
COSTS: Final = ("fee", "care", "travel", "income_loss", "disability")
"""The fields that are amounts: together they are what the injury costs."""

INJURY: Final = (
    Section(
        N_("伤者"),
        (
            Field("who", Kind.CHOICE, N_("是谁"), choices=WHO, needed=True),
            Field("name", Kind.LINE, N_("伤者姓名"), needed=True),
            Field("age", Kind.NUMBER, N_("年龄"), most=120),
            Field("grade", Kind.CHOICE, N_("伤情"), choices=GRADES, needed=True),
            Field("body_parts", Kind.CHOICES, N_("受伤部位"), choices=PARTS),
        ),
    ),
    Section(
        N_("治疗"),
        (
            Field("treated_at", Kind.MOMENT, N_("首次就诊时间")),
            Field("hospital", Kind.LINE, N_("医院")),
            Field("bed_days", Kind.NUMBER, N_("住院天数"), most=1000),
            Field("doctor", Kind.LINE, N_("主治医生"), N_("用来核对是否多次出现")),
        ),
    ),
    Section(
        N_("费用"),
        (
            Field("fee", Kind.YUAN, N_("医疗费")),
            Field("care", Kind.YUAN, N_("护理费和营养费")),
            Field("travel", Kind.YUAN, N_("交通费")),
            Field("income_loss_claimed", Kind.YES_NO, N_("索赔误工费")),
            Field("income", Kind.YUAN, N_("月收入")),
            Field("income_loss", Kind.YUAN, N_("误工费")),
            Field("disability", Kind.YUAN, N_("伤残或死亡赔偿金")),
            Field("words", Kind.WORDS, N_("说明")),
        ),
    ),
)


def cost_of(said: Mapping[str, Value]) -> int:
    """Return what the injury costs, in fen."""
    return sum(value for name in COSTS if isinstance(value := said.get(name), int))
