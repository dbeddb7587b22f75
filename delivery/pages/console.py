"""The pages of the room for staff: each set of pages declares itself, and all together are the room's part."""

from __future__ import annotations

from typing import Final

from delivery.pages import outlet_pages, parcel_pages, printing_pages, scan_pages
from delivery.pages.paper_trade import PaperTrade
from esign.public.console import N_, ConsolePart, RoomConsole

ROOM: Final = "delivery"
PACKAGE: Final = "delivery"
KINDS: Final = {
    "delivery-remind": N_("提醒业务员"),
    "delivery-print": N_("制作打印文件"),
    "delivery-arrived": N_("告知业务员保单已到网点"),
    "delivery-chased": N_("催办签收"),
    "delivery-chased-unissued": N_("催办出单"),
}
_SETS: Final = (printing_pages, outlet_pages, parcel_pages, scan_pages)


def console_part(trade: PaperTrade) -> ConsolePart:
    """Return the room's pages of the console."""

    def declare(console: RoomConsole) -> None:
        for pages in _SETS:
            pages.declare(console, trade)

    return ConsolePart(
        ROOM,
        PACKAGE,
        declare,
        tuple(entry for pages in _SETS for entry in pages.ENTRIES),
        {code: said for pages in _SETS for code, said in pages.SENTENCES.items()},
        KINDS,
    )
