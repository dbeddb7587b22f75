"""Resources of a room in the REST API: operations with scopes, bodies, pages of lists, and the codes of refusals.

    proposals = Resource("proposals", "投保单", "Proposals", "...")

    @proposals.operation("POST", "/v1/proposals", access=WRITE, zh="...", en="...", body=ProposalBody, answer=View, ...)
    def create(call: Call) -> Reply: ...

What belongs to another client is answered exactly as what is not there.
"""

from __future__ import annotations

from esign.api.call import JSON, Call, ClientCaller, Reply
from esign.api.errors import ApiError, Issue
from esign.api.figure_views import FiguresView
from esign.api.json_body import Body, Query
from esign.api.operations import Operation, Raw, Resource
from esign.api.own_envelopes import actor
from esign.api.own_words import CodeWords
from esign.api.pagination import Page, PageQuery, cut
from esign.api.pdf_reply import PDF
from esign.api.room_codes import RoomCodes
from esign.api.scopes import Door, RoomScope, Scope

__all__ = [
    "JSON",
    "PDF",
    "ApiError",
    "Body",
    "Call",
    "ClientCaller",
    "CodeWords",
    "Door",
    "FiguresView",
    "Issue",
    "Operation",
    "Page",
    "PageQuery",
    "Query",
    "Raw",
    "Reply",
    "Resource",
    "RoomCodes",
    "RoomScope",
    "Scope",
    "actor",
    "cut",
]
