"""The pages of the room for staff: each set of pages declares itself, and all together are the room's part."""

from __future__ import annotations

from typing import Final

from delivery.pages import (
    figures_pages,
    list_pages,
    one_pages,
    open_pages,
    outlet_pages,
    paper_pages,
    parcel_pages,
    printing_pages,
    scan_pages,
)
from delivery.pages.linked import PACKAGE, ROOM
from delivery.pages.paper_trade import PaperTrade
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
    "delivery-print": N_("制作打印文件"),
    "delivery-chat": N_("把每日名单发到群聊"),
}
_OF_PAPER: Final = (printing_pages, outlet_pages, parcel_pages, scan_pages)
_OF_ALL: Final = (open_pages, one_pages, paper_pages, list_pages, figures_pages)


def console_part(deliveries: Deliveries, trade: PaperTrade) -> ConsolePart:
    """Return the room's pages of the console."""

    def declare(console: RoomConsole) -> None:
        for paper in _OF_PAPER:
            paper.declare(console, trade)
        for pages in _OF_ALL:
            pages.declare(console, deliveries)

    entries = (*(one for pages in _OF_ALL[:1] for one in pages.ENTRIES), *(one for p in _OF_PAPER for one in p.ENTRIES))
    return ConsolePart(
        ROOM,
        PACKAGE,
        declare,
        (*entries, *(one for pages in _OF_ALL[1:] for one in pages.ENTRIES)),
        {
            **{code: said for pages in _OF_ALL for code, said in pages.SENTENCES.items()},
            **{code: said for paper in _OF_PAPER for code, said in paper.SENTENCES.items()},
        },
        KINDS,
        N_("送达"),
    )
