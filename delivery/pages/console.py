"""The pages of the room for staff: each set of pages declares itself, and all together are the room's part."""

from __future__ import annotations

from typing import Final

from delivery.pages import figures_pages
from delivery.service.deliveries import Deliveries
from esign.public.console import N_, ConsolePart, RoomConsole

ROOM: Final = "delivery"
PACKAGE: Final = "delivery"
KINDS: Final = {
    "delivery-remind": N_("提醒业务员"),
    "delivery-arrived": N_("告知业务员保单已到网点"),
    "delivery-chased": N_("提醒业务员催收"),
    "delivery-chased-unissued": N_("提醒业务员还没有出单"),
}
_SETS: Final = (figures_pages,)


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
