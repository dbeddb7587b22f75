"""The pages of the room for staff: each set of pages declares itself, and all together are the room's part."""

from __future__ import annotations

from typing import Final

from delivery.pages import list_pages, one_pages, open_pages, paper_pages
from delivery.pages.linked import PACKAGE, ROOM
from delivery.service.deliveries import Deliveries
from esign.public.console import N_, ConsolePart, RoomConsole

KINDS: Final = {
    "delivery-arrived": N_("告知业务员保单已到网点"),
    "delivery-chased": N_("提醒业务员催收"),
    "delivery-chased-unissued": N_("提醒业务员还没有出单"),
    "delivery-link": N_("发电子保单链接"),
    "delivery-link-again": N_("提醒客户签收"),
    "delivery-remind": N_("提醒业务员"),
    "delivery-invite": N_("发电子保单链接"),
    "delivery-list": N_("告知每日待送达名单"),
}
_SETS: Final = (open_pages, one_pages, paper_pages, list_pages)


def console_part(deliveries: Deliveries) -> ConsolePart:
    """Return the room's pages of the console."""

    def declare(console: RoomConsole) -> None:
        for pages in _SETS:
            pages.declare(console, deliveries)

    return ConsolePart(
        ROOM,
        PACKAGE,
        declare,
        tuple(entry for pages in _SETS for entry in pages.ENTRIES),
        {code: said for pages in _SETS for code, said in pages.SENTENCES.items()},
        KINDS,
    )
