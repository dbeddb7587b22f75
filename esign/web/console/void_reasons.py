"""Why a document is taken back: codes for the trail, words for the page."""

from __future__ import annotations

from typing import Final

from esign.web.words import N_

VOID_REASONS: Final = {
    "customer-asked": N_("客户要求停止"),
    "wrong-details": N_("文件里的信息不对"),
    "wrong-person": N_("签署人弄错了"),
    "sent-twice": N_("重复发起"),
    "other": N_("其他原因"),
}
