"""What a caller has to be for an operation: each names one scope of API keys, or one of the two other doors."""

from __future__ import annotations

import re
from collections.abc import Mapping
from enum import StrEnum
from typing import Final, TypeAlias

_NAME: Final = re.compile(r"[a-z][a-z-]{0,31}:[a-z][a-z-]{0,15}", re.ASCII)


class Scope(StrEnum):
    """What a key of the API may do. A key has those it was made with, never more."""

    ENVELOPES_READ = "envelopes:read"
    ENVELOPES_WRITE = "envelopes:write"
    DOCUMENTS_READ = "documents:read"
    EVIDENCE_READ = "evidence:read"
    """See the handwriting and the face of somebody who is signing."""
    EVENTS_READ = "events:read"
    VERIFICATIONS_WRITE = "verifications:write"
    EXPORTS_WRITE = "exports:write"
    """Take evidence bundles away: contracts, names, and photos that are in the document for all to see."""
    WEBHOOKS_READ = "webhooks:read"
    WEBHOOKS_WRITE = "webhooks:write"
    KEYS_READ = "keys:read"
    KEYS_WRITE = "keys:write"
    TEST_WRITE = "test:write"
    """Move the clock and whatever else exists in test mode alone."""


class Door(StrEnum):
    """How an operation is reached without a key of the API."""

    PUBLIC = "public"
    """By anybody: documents about the API, and what a ceremony's link opens."""
    SESSION = "session"
    """By a recipient, with the token of the ceremony's session."""


class RoomScope(str):
    """What a key of the API may do in a room of a business package, such as `policies:read`. Raises `ValueError`."""

    __slots__ = ()

    def __new__(cls, name: str) -> RoomScope:
        if not _NAME.fullmatch(name) or name in set(Scope):
            raise ValueError(f"{name!r} is no scope of a room: write things:act, and none that the service has itself")
        return super().__new__(cls, name)


Granted: TypeAlias = Scope | RoomScope
"""What a key may have."""
Access: TypeAlias = Scope | RoomScope | Door
ScopeWords: TypeAlias = Mapping[RoomScope, tuple[str, str]]
"""What each scope of a room lets a key do, zh-CN and English."""

SCOPE_WORDS: Final[dict[Scope, tuple[str, str]]] = {
    Scope.ENVELOPES_READ: ("查看签署任务", "see envelopes and recipients"),
    Scope.ENVELOPES_WRITE: ("创建、发出和更改签署任务", "create, send and change envelopes"),
    Scope.DOCUMENTS_READ: ("下载文件", "download documents"),
    Scope.EVIDENCE_READ: ("查看签署人的手写签名和照片", "see recipients' handwriting and photos"),
    Scope.EVENTS_READ: ("读取事件", "read events"),
    Scope.VERIFICATIONS_WRITE: ("核验文件", "have files judged"),
    Scope.EXPORTS_WRITE: ("导出证据包", "export evidence bundles"),
    Scope.WEBHOOKS_READ: ("查看回调地址和投递记录", "see webhook endpoints and deliveries"),
    Scope.WEBHOOKS_WRITE: ("设置回调地址、重新投递", "change webhook endpoints, deliver again"),
    Scope.KEYS_READ: ("查看密钥", "see keys"),
    Scope.KEYS_WRITE: ("创建和停用密钥", "make and revoke keys"),
    Scope.TEST_WRITE: ("测试模式：拨动时钟", "test mode: move the clock"),
}
"""What each scope lets a key do, zh-CN and English."""


def scope_words(further: ScopeWords) -> Mapping[Granted, tuple[str, str]]:
    """Return what each scope lets a key do, the service's own and those of rooms."""
    return dict((*SCOPE_WORDS.items(), *further.items()))
