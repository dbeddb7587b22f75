"""What is done by scanning: each act with the command that it gives, who may do it, and its words."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from esign.public.console import N_


class Act(StrEnum):
    """What the next scan means."""

    BIND = "bind"
    PASS = "pass"  # noqa: S105  # the quality check
    FAIL = "fail"
    PACK = "pack"
    DISPATCH = "dispatch"
    REACH = "reach"
    FORWARD = "forward"
    ARRIVE = "arrive"
    HAND = "hand"
    DAMAGED = "damaged"
    LOST = "lost"


AT_CENTRE: Final = (Act.BIND, Act.PASS, Act.FAIL, Act.PACK, Act.DISPATCH)
AT_STOP: Final = (Act.REACH, Act.FORWARD)
AT_OUTLET: Final = (Act.ARRIVE, Act.HAND, Act.DAMAGED)
NAMES: Final[Mapping[Act, str]] = {
    Act.BIND: N_("装订"),
    Act.PASS: N_("质检通过"),
    Act.FAIL: N_("质检不通过"),
    Act.PACK: N_("封包"),
    Act.DISPATCH: N_("发出包裹"),
    Act.REACH: N_("中转到达"),
    Act.FORWARD: N_("中转发出"),
    Act.ARRIVE: N_("到达网点"),
    Act.HAND: N_("交业务员"),
    Act.DAMAGED: N_("破损重印"),
    Act.LOST: N_("遗失重印"),
}
DONE: Final[Mapping[Act, str]] = {
    Act.BIND: N_("已装订"),
    Act.PASS: N_("质检通过"),
    Act.FAIL: N_("不通过，已安排重印"),
    Act.PACK: N_("已装入包裹"),
    Act.DISPATCH: N_("包裹已发出"),
    Act.REACH: N_("已到中转站"),
    Act.FORWARD: N_("已从中转站发出"),
    Act.ARRIVE: N_("已到网点"),
    Act.HAND: N_("已交业务员"),
    Act.DAMAGED: N_("已登记破损，安排重印"),
    Act.LOST: N_("已登记遗失，安排重印"),
}
ASKED: Final[Mapping[Act, str]] = {
    Act.BIND: N_("扫描装订好的保单。"),
    Act.PASS: N_("看过一份，扫描一份。"),
    Act.FAIL: N_("先选原因，再扫描这份保单。它会重新打印，旧的一份请作废。"),
    Act.PACK: N_("先扫描包裹标签，再逐份扫描保单。"),
    Act.DISPATCH: N_("扫描已封口的包裹标签。"),
    Act.REACH: N_("扫描包裹标签，里面的保单一起登记；也可以逐份扫描。"),
    Act.FORWARD: N_("扫描包裹标签，里面的保单一起登记；也可以逐份扫描。"),
    Act.ARRIVE: N_("先扫描包裹标签，再逐份扫描保单，看缺哪一份。"),
    Act.HAND: N_("先选业务员，再逐份扫描交给他的保单。"),
    Act.DAMAGED: N_("扫描破损的保单。它会重新打印，旧的一份请作废。"),
    Act.LOST: N_("输入遗失的保单号。它会重新打印。"),
}
