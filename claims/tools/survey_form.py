"""The survey form: the scene, the car, the driver, the damage. Its fields are what scoring wants."""

from __future__ import annotations

from typing import Final

from claims.tools.fields import Field, Kind, Section
from esign.public.console import N_

FAULTS: Final = {
    "0": N_("无责（0%%）"),
    "30": N_("次责（30%%）"),
    "50": N_("同责（50%%）"),
    "70": N_("主责（70%%）"),
    "100": N_("全责（100%%）"),
    "unclear": N_("责任还不清楚"),
}
ZONES: Final = {
    "front": N_("车头"),
    "rear": N_("车尾"),
    "left": N_("左侧"),
    "right": N_("右侧"),
    "roof": N_("车顶"),
    "glass": N_("玻璃"),
    "wheels": N_("车轮"),
    "chassis": N_("底盘"),
}
LICENCES: Final = {one: one for one in ("C1", "C2", "C3", "C4", "C5", "B1", "B2", "A1", "A2", "A3")}

SURVEY: Final = (
    Section(
        N_("责任和损失"),
        (
            Field("fault", Kind.CHOICE, N_("被保险人的责任"), choices=FAULTS, needed=True),
            Field("liability_explained", Kind.YES_NO, N_("责任有依据"), N_("认定书、监控或痕迹能说明")),
            Field("zones", Kind.CHOICES, N_("哪里有损失"), choices=ZONES, needed=True),
            Field("old_damage_signs", Kind.YES_NO, N_("有旧伤痕迹")),
            Field("airbags_opened", Kind.YES_NO, N_("气囊弹开")),
        ),
    ),
    Section(
        N_("现场"),
        (
            Field("moved_before_photos", Kind.YES_NO, N_("拍照前车已移动")),
            Field("debris_seen", Kind.YES_NO, N_("现场有散落物")),
            Field("brake_marks_seen", Kind.YES_NO, N_("现场有刹车痕迹")),
            Field("police_informed", Kind.YES_NO, N_("已报交警")),
            Field("counterparties", Kind.NUMBER, N_("对方车辆数"), most=20),
            Field("people_in_car", Kind.NUMBER, N_("车上人数"), most=60),
        ),
    ),
    Section(
        N_("驾驶人"),
        (
            Field("driver", Kind.LINE, N_("驾驶人姓名"), N_("看驾驶证，照实填写")),
            Field("licence_class", Kind.CHOICE, N_("准驾车型"), choices=LICENCES),
            Field("needed_class", Kind.CHOICE, N_("这辆车要求的准驾车型"), choices=LICENCES),
            Field("licence_until", Kind.DAY, N_("驾驶证有效期至")),
            Field("driver_refuses", Kind.YES_NO, N_("驾驶人拒绝配合")),
            Field("alcohol_tested", Kind.YES_NO, N_("做过酒精检测")),
        ),
    ),
    Section(
        N_("车辆"),
        (
            Field("seen_plate", Kind.LINE, N_("看到的车牌"), most=16),
            Field("seen_vin", Kind.LINE, N_("看到的车架号"), N_("17 位，在前挡风玻璃左下角"), most=17),
            Field("registration_until", Kind.DAY, N_("行驶证检验有效期至")),
            Field("modified", Kind.YES_NO, N_("有改装")),
            Field("carried_for_money", Kind.YES_NO, N_("出险时在营运")),
        ),
    ),
    Section(
        N_("碰撞痕迹"),
        (
            Field("speed_kmh", Kind.NUMBER, N_("自述车速"), most=300, unit="km/h"),
            Field("our_height_cm", Kind.NUMBER, N_("本车痕迹离地"), most=400, unit="cm"),
            Field("other_height_cm", Kind.NUMBER, N_("对方或障碍物痕迹离地"), most=400, unit="cm"),
            Field("stated_angle", Kind.NUMBER, N_("自述碰撞角度"), most=359, unit="°"),
            Field("seen_angle", Kind.NUMBER, N_("痕迹碰撞角度"), most=359, unit="°"),
        ),
        folded=True,
    ),
    Section(N_("还要说明的"), (Field("words", Kind.WORDS, N_("查勘说明")),)),
)
