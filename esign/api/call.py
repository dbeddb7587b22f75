"""What an operation is given and gives back: a call, and a reply. No HTTP library is seen through them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, Literal, TypeAlias, TypeVar

from pydantic import BaseModel
from sqlalchemy.orm import Session

from esign.api.scopes import Granted

JSON: Final = "application/json"

M = TypeVar("M", bound=BaseModel)


@dataclass(frozen=True)
class ClientCaller:
    """A program, known by a key of the API."""

    client: str
    key: str
    mode: Literal["test", "live"]
    scopes: frozenset[Granted]
    expires_at: datetime | None


@dataclass(frozen=True)
class RecipientCaller:
    """A recipient, known by the session of a ceremony, of which `token` is the proof."""

    recipient: str
    device: str
    token: str = field(repr=False)


Caller: TypeAlias = ClientCaller | RecipientCaller


@dataclass(frozen=True)
class Reply:
    """An answer. `content` is a model (becomes JSON), bytes, or pieces of bytes that are sent one by one."""

    content: BaseModel | bytes | Iterable[bytes] | None = None
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    media_type: str = JSON


@dataclass(frozen=True)
class EncodedAnswer:
    """An answer as it is sent, and as it is kept for a repeated request."""

    status: int
    media_type: str
    headers: Mapping[str, str]
    body: bytes


KeepAnswer: TypeAlias = Callable[[Session, EncodedAnswer], None]


@dataclass(frozen=True)
class Call:
    """One request after its checks: who calls, since when, with which parameters and body."""

    caller: Caller | None
    now: datetime
    path: Mapping[str, str]
    address: str
    """Where the request came from, as far as the proxies before us are believed."""
    agent: str
    language: Literal["zh", "en"]
    given_query: BaseModel | None = None
    given_body: BaseModel | bytes | None = None
    keep_answer: KeepAnswer | None = None

    @property
    def client(self) -> ClientCaller:
        if not isinstance(self.caller, ClientCaller):
            raise TypeError("this operation is not called by clients")
        return self.caller

    @property
    def recipient(self) -> RecipientCaller:
        if not isinstance(self.caller, RecipientCaller):
            raise TypeError("this operation is not called by recipients")
        return self.caller

    def query(self, model: type[M]) -> M:
        """Return the query, of the model that the operation declares."""
        if not isinstance(self.given_query, model):
            raise TypeError("the operation declares another query")
        return self.given_query

    def body(self, model: type[M]) -> M:
        """Return the body, of the model that the operation declares."""
        if not isinstance(self.given_body, model):
            raise TypeError("the operation declares another body")
        return self.given_body

    @property
    def raw_body(self) -> bytes:
        if not isinstance(self.given_body, bytes):
            raise TypeError("the operation declares another body")
        return self.given_body

    def keep(self, session: Session, reply: Reply) -> Reply:
        """Record the answer in the transaction that does what it tells of, and return it.

        So it is neither lost nor told of something that was rolled back. Without an Idempotency-Key nothing is
        recorded. Raises `ApiError` (`request-running`) if another request took the key over meanwhile: then what
        this one did rolls back.
        """
        if self.keep_answer is not None:
            self.keep_answer(session, encode(reply))
        return reply


def encode(reply: Reply) -> EncodedAnswer:
    """Return the reply as bytes. Raises `TypeError` for pieces, which are not kept."""
    if isinstance(reply.content, BaseModel):
        body = reply.content.model_dump_json(by_alias=True).encode("utf-8")
    elif isinstance(reply.content, bytes):
        body = reply.content
    elif reply.content is None:
        body = b""
    else:
        raise TypeError("an answer in pieces cannot be kept")
    return EncodedAnswer(reply.status, reply.media_type, dict(reply.headers), body)
