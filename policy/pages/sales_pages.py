"""The salesperson's pages as one set: list, new proposal, one proposal."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from esign.public.console import N_, Entry, RoomConsole
from policy.pages.draft_pages import declare_draft_pages
from policy.pages.filing_pages import declare_filing_pages
from policy.pages.proposal_pages import declare_proposal_pages
from policy.pages.sales_desk import SalesDesk
from policy.pages.sales_list import SELLERS, declare_sales_list
from policy.pages.wish_pages import declare_wish_pages
from policy.service.office import Office

ENTRIES: Final = (Entry(N_("投保单"), "sales_proposals", N_("从录入到承保，先到期的在前"), SELLERS.roles),)
SENTENCES: Final[Mapping[str, str]] = {
    "draft-kept": N_("草稿已保存，随时可以接着填。"),
    "draft-gone": N_("草稿已删除。"),
    "proposal-sent": N_("已发给客户签署。"),
    "recording-filed": N_("录音录像已提交，等质检。"),
    "proposal-withdrawn": N_("投保单已撤回。"),
}


def declare(console: RoomConsole, office: Office) -> None:
    """Declare them."""
    desk = SalesDesk(office)
    declare_sales_list(console, desk)
    declare_draft_pages(console, desk)
    declare_proposal_pages(console, desk)
    declare_filing_pages(console, desk)
    declare_wish_pages(console, desk)
