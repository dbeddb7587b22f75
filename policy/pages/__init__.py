"""The pages of the room for staff: each set of pages declares itself, and all together are the room's part."""

from __future__ import annotations

from typing import Final

from esign.public.console import N_, ConsolePart, RoomConsole
from policy.pages import (
    case_pages,
    figures_pages,
    money_pages,
    recording_pages,
    request_pages,
    sales_pages,
    visit_pages,
)
from policy.service.office import Office

ROOM: Final = "policy"
PACKAGE: Final = "policy"
KINDS: Final = {
    "policy-advance": N_("办理投保单"),
    "policy-recall": N_("撤回签署链接"),
    "policy-carry-out": N_("办理保全申请"),
    "policy-beneficiary-done": N_("告知受益人已变更"),
    "policy-address-done": N_("告知联系方式已变更"),
    "policy-surrender-done": N_("告知保单已退保"),
    "policy-cancellation-done": N_("告知保单已在犹豫期内解除"),
    "policy-request-refused": N_("告知申请没有办理"),
    "policy-examination": N_("请客户体检"),
    "policy-investigation": N_("告知客户要核实情况"),
    "policy-papers": N_("请客户补充材料"),
    "policy-declined": N_("告知客户未通过核保"),
    "policy-visit": N_("请客户回答回访"),
    "policy-visit-again": N_("提醒客户回答回访"),
    "policy-hear": N_("签署结果记到投保单上"),
    "policy-hear-requests": N_("签署结果记到保全申请上"),
    "policy-receive": N_("签收结果记到保单上"),
}
_SETS: Final = (sales_pages, case_pages, money_pages, recording_pages, request_pages, visit_pages, figures_pages)


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
        N_("投保"),
    )
