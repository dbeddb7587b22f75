"""The pages of the room for staff: each set of pages declares itself, and all together are the room's part."""

from __future__ import annotations

from typing import Final

from esign.public.console import N_, ConsolePart, RoomConsole
from policy.pages import case_pages, money_pages, recording_pages, sales_pages, visit_pages
from policy.service.office import Office

ROOM: Final = "policy"
PACKAGE: Final = "policy"
KINDS: Final = {
    "policy-advance": N_("办理投保单"),
    "policy-examination": N_("请客户体检"),
    "policy-investigation": N_("告知客户要核实情况"),
    "policy-papers": N_("请客户补充材料"),
    "policy-declined": N_("告知客户未通过核保"),
    "policy-visit": N_("请客户回答回访"),
    "policy-visit-again": N_("提醒客户回答回访"),
    "policy-hear": N_("签署结果记到投保单上"),
    "policy-receive": N_("签收结果记到保单上"),
}
_SETS: Final = (sales_pages, case_pages, money_pages, recording_pages, visit_pages)


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
    )
