"""Codes that clients meet where they tell how long something is to be kept: status, and words in both languages."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

RETENTION_WORDS: Final[Mapping[str, tuple[int, str, str, str, str]]] = {
    "contract-not-made": (
        409,
        "这份签署任务没有成立合同，谈不上终止",
        "请核对签署任务编号；未完成的任务按自己的规则保存",
        "no contract came of this envelope, so none can end",
        "check the envelope's id; what was not completed is kept by rules of its own",
    ),
    "contract-end-future": (
        422,
        "合同终止日还没有到",
        "请在合同终止之后再告知",
        "the contract ends after today",
        "tell it once it has ended",
    ),
    "contract-end-early": (
        422,
        "合同终止日早于合同签署完成的日子",
        "请核对终止日和签署任务编号",
        "the contract ends before the day on which it was signed",
        "check the day, and the envelope's id",
    ),
    "evidence-gone": (
        410,
        "保存期限已过，资料已经删除",
        "无法恢复，也不能再更改",
        "the time of keeping is over and what was kept is erased",
        "nothing brings it back, and nothing can be changed about it",
    ),
}
