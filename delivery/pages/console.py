"""The pages of the room for staff: each set of pages declares itself, and all together are the room's part."""

from __future__ import annotations

from typing import Final

from delivery.pages import figures_pages, outlet_pages, parcel_pages, printing_pages, scan_pages
from delivery.pages.paper_trade import PaperTrade
from delivery.service.deliveries import Deliveries
from esign.public.console import N_, ConsolePart, RoomConsole

ROOM: Final = "delivery"
PACKAGE: Final = "delivery"
KINDS: Final = {
    "delivery-remind": N_("提醒业务员"),
    "delivery-print": N_("制作打印文件"),
    "delivery-arrived": N_("告知业务员保单已到网点"),
    "delivery-chased": N_("提醒业务员催收"),
    "delivery-chased-unissued": N_("提醒业务员还没有出单"),
}
_OF_PAPER: Final = (printing_pages, outlet_pages, parcel_pages, scan_pages)
_OF_ALL: Final = (figures_pages,)
_SETS: Final = (*_OF_PAPER, *_OF_ALL)


def console_part(deliveries: Deliveries, trade: PaperTrade) -> ConsolePart:
    """Return the room's pages of the console."""

    def declare(console: RoomConsole) -> None:
        for paper in _OF_PAPER:
            paper.declare(console, trade)
        for pages in _OF_ALL:
            pages.declare(console, deliveries)

    return ConsolePart(
        ROOM,
        PACKAGE,
        declare,
        tuple(entry for pages in _SETS for entry in pages.ENTRIES),
        {code: said for pages in _SETS for code, said in pages.SENTENCES.items()},
        KINDS,
    )
