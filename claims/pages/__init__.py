"""The pages of the room for staff: each set of pages declares itself, and all together are the room's part."""

from __future__ import annotations

from typing import Final

from claims.alarms.texts import alarm, reminder
from claims.clocks.catalogue import CLOCKS
from claims.pages import alarm_pages, board_pages, dispatch_pages, hotline_pages, parts_pages, quotation_pages
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
    "claims-dispute-passed": N_("告知报价组有价格争议"),
    **{reminder(code): N_("提醒时限将到") for code in CLOCKS},
    **{alarm(code): N_("告知经理时限已过") for code in CLOCKS},
}
_SETS: Final = (board_pages, alarm_pages, hotline_pages, dispatch_pages, parts_pages, quotation_pages)


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
    )
