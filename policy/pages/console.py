"""The room's part of the console: its pages, what stands at the top, what is said after a form."""

from __future__ import annotations

from typing import Final

from esign.public.console import N_, ConsolePart, Entry, RoomConsole
from policy.office import Office
from policy.pages.draft_pages import declare_draft_pages
from policy.pages.proposal_pages import declare_proposal_pages
from policy.pages.sales_desk import SalesDesk
from policy.pages.sales_list import SELLERS, declare_sales_list

ROOM: Final = "policy"
ENTRIES: Final = (Entry(N_("投保单"), "sales_proposals", N_("从录入到承保，先到期的在前"), SELLERS.roles),)
SENTENCES: Final = {
    "draft-kept": N_("草稿已保存，随时可以接着填。"),
    "draft-gone": N_("草稿已删除。"),
    "proposal-sent": N_("已发给客户签署。"),
    "proposal-withdrawn": N_("投保单已撤回。"),
}
KINDS: Final = {"policy-advance": N_("核保、扣款、出单")}


def console_part(office: Office) -> ConsolePart:
    """Return the part over the office."""
    desk = SalesDesk(office)

    def declare(console: RoomConsole) -> None:
        declare_sales_list(console, desk)
        declare_draft_pages(console, desk)
        declare_proposal_pages(console, desk)

    return ConsolePart(ROOM, "policy", declare, ENTRIES, SENTENCES, KINDS)
