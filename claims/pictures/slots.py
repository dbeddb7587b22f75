"""Which photographs a claim wants, in the order in which they are taken, with what is said of each. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from claims.wording import Words


@dataclass(frozen=True)
class Slot:
    """One photograph. `code` is the picture's kind in events; `hint` says where to stand; `subject` is what has to be
    seen on it."""

    code: str
    name: Words
    hint: Words
    subject: Words


WHOLE_CAR: Final = Slot(
    "whole-car",
    Words("整车", "whole car"),
    Words(
        "站在车的斜前方或斜后方，退后两三步，拍到整辆车。", "Stand at a corner, two or three steps away: the whole car."
    ),
    Words("整辆车", "the whole car"),
)
PLATE: Final = Slot(
    "plate",
    Words("车牌", "number plate"),
    Words(
        "正对车牌，离一步远，号码要看得清。", "Stand in front of the plate, a step away: the number must be readable."
    ),
    Words("车牌号码", "the number plate"),
)
CLOSE_UP: Final = Slot(
    "close-up",
    Words("撞痕", "damage"),
    Words("离撞痕一步远，拍到伤处和它周围一圈。", "A step away from the damage: with what is around it."),
    Words("撞痕", "the damage"),
)
OTHER_CAR: Final = Slot(
    "other-car",
    Words("对方车", "other car"),
    Words("拍到对方整辆车和车牌。注意安全，不要站在车道上。", "The whole other car with its plate. Keep off the road."),
    Words("对方的车", "the other car"),
)
VEHICLE_LICENCE: Final = Slot(
    "vehicle-licence",
    Words("行驶证", "vehicle licence"),
    Words("行驶证放平，四个角都在画面里，不要反光。", "Lay the licence flat: all four corners, no glare."),
    Words("行驶证上的字", "the words on the licence"),
)
DRIVING_LICENCE: Final = Slot(
    "driving-licence",
    Words("驾驶证", "driving licence"),
    Words("驾驶证放平，四个角都在画面里，不要反光。", "Lay the licence flat: all four corners, no glare."),
    Words("驾驶证上的字", "the words on the licence"),
)
FURTHER: Final = Slot(
    "further",
    Words("其他", "further"),
    Words("还想让我们看的，都可以拍。", "Whatever else you want us to see."),
    Words("要拍的东西", "what you photograph"),
)
SLOTS: Final = {
    one.code: one for one in (WHOLE_CAR, PLATE, CLOSE_UP, OTHER_CAR, VEHICLE_LICENCE, DRIVING_LICENCE, FURTHER)
}


def wanted(*, papers: bool, other_car: bool) -> tuple[Slot, ...]:
    """Return the photographs that a claim needs: with papers where its tier asks for them, and of the other car."""
    return (
        WHOLE_CAR,
        PLATE,
        CLOSE_UP,
        *((OTHER_CAR,) if other_car else ()),
        *((VEHICLE_LICENCE, DRIVING_LICENCE) if papers else ()),
    )
