"""The pages of the room for staff: each set of pages declares itself, and all together are the room's part."""

from __future__ import annotations

from typing import Final

from claims.alarms.texts import alarm, reminder
from claims.clocks.catalogue import CLOCKS
from claims.handling.texts import NOTICE, RETAKE
from claims.pages import (
    alarm_pages,
    assessment_pages,
    board_pages,
    claim_pages,
    dispatch_pages,
    figures_pages,
    hotline_pages,
    list_pages,
    parts_pages,
    phone_pages,
    picture_pages,
    quotation_pages,
    reconciling_pages,
    settlement_pages,
    tool_pages,
)
from claims.pages.lost_phones import guard_of
from claims.refusing.models import NOTICE_TASK
from claims.service.office import Office
from esign.public.console import N_, ConsolePart, RoomConsole

ROOM: Final = "claims"
PACKAGE: Final = "claims"
KINDS: Final = {
    "claims-advance": N_("办理案件"),
    "claims-sent-to-survey": N_("请查勘员确认是否前往"),
    "claims-nobody-free": N_("告知组长没有查勘员空闲"),
    "claims-survey-declined": N_("告知查勘员不能前往"),
    "claims-quote-asked": N_("请供应商报价"),
    "claims-parts-ordered": N_("告知供应商已订购"),
    "claims-dispute-passed": N_("告知报价组有价格异议"),
    f"claims-{NOTICE_TASK}": N_("制作拒赔通知书"),
    RETAKE: N_("请客户补拍照片"),
    NOTICE: N_("发拒赔通知书"),
    **{reminder(code): N_("提醒时限将到") for code in CLOCKS},
    **{alarm(code): N_("告知经理时限已过") for code in CLOCKS},
}
_OF_CASES: Final = (list_pages, claim_pages, tool_pages, picture_pages, assessment_pages, settlement_pages, phone_pages)
_OF_LEADS: Final = (board_pages, alarm_pages, hotline_pages, dispatch_pages, parts_pages, quotation_pages)
_SETS: Final = (*_OF_CASES, *_OF_LEADS, reconciling_pages, figures_pages)


def console_part(office: Office) -> ConsolePart:
    """Return the room's pages of the console."""

    def declare(console: RoomConsole) -> None:
        for pages in _SETS:
            pages.declare(console, office)

    return ConsolePart(
        ROOM,
        PACKAGE,
        declare,
        tuple(entry for pages in _SETS for entry in pages.ENTRIES),
        {code: said for pages in _SETS for code, said in pages.SENTENCES.items()},
        KINDS,
        N_("理赔"),
        guard_of(office),
    )
