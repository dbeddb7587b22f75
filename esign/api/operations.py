"""Operations and resources: every endpoint is declared once, with who may call it, and nothing else is served.

Answering, the OpenAPI document, its pages and the tests all read these declarations.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

from pydantic import BaseModel

from esign.api.call import JSON, Call, RecipientCaller, Reply
from esign.api.scopes import Access, Door, RoomScope, Scope
from esign.infra.database import JsonValue

Method: TypeAlias = Literal["GET", "POST", "PUT", "PATCH", "DELETE"]
Run: TypeAlias = Callable[[Call], Reply]
Admit: TypeAlias = Callable[[RecipientCaller], None]

JSON_BYTES_AT_MOST: Final = 1024 * 1024
_PATH: Final = re.compile(r"(?:/(?:[a-z0-9_.-]+|<[a-z_]+>(?:\.[a-z]{2,4})?))+")
_PARAMETER: Final = re.compile(r"<([a-z_]+)>")


@dataclass(frozen=True)
class Raw:
    """A body that is not JSON: of one of these media types."""

    media_types: tuple[str, ...]


@dataclass(frozen=True)
class Operation:
    """One method of one path. `path` is whole, with `<name>` for what varies.

    `keeps_answers`: whether an Idempotency-Key is heeded. `hidden`: not part of the OpenAPI document. `limited`:
    whether rate limits hold. `admit`: raises where a session is over, before it is told a kept answer again.
    """

    method: Method
    path: str
    access: Access
    run: Run
    name: str
    zh: str
    en: str
    about: str = ""
    query: type[BaseModel] | None = None
    body: type[BaseModel] | Raw | None = None
    bytes_at_most: int = JSON_BYTES_AT_MOST
    answer: type[BaseModel] | str | None = None
    """A model, or the media type of the bytes, or None for no content."""
    status: int = 200
    status_if_there: int | None = None
    """The status, with the same kind of answer, where what is asked for is there already."""
    problems: tuple[str, ...] = ()
    example: JsonValue = None
    answer_example: JsonValue = None
    keeps_answers: bool = False
    hidden: bool = False
    limited: bool = True
    admit: Admit | None = None

    @property
    def parameters(self) -> tuple[str, ...]:
        """The names of what varies in the path."""
        return tuple(_PARAMETER.findall(self.path))


class Resource:
    """A group of operations under one heading."""

    def __init__(self, name: str, zh: str, en: str, about: str = "", *, admit: Admit | None = None) -> None:
        self.name = name
        self.zh = zh
        self.en = en
        self.about = about
        self.admit = admit
        self.operations: list[Operation] = []

    def operation(
        self,
        method: Method,
        path: str,
        *,
        access: Access,
        zh: str,
        en: str,
        about: str = "",
        query: type[BaseModel] | None = None,
        body: type[BaseModel] | Raw | None = None,
        bytes_at_most: int = JSON_BYTES_AT_MOST,
        answer: type[BaseModel] | str | None = None,
        status: int | None = None,
        status_if_there: int | None = None,
        problems: Sequence[str] = (),
        example: JsonValue = None,
        answer_example: JsonValue = None,
        keeps_answers: bool | None = None,
        hidden: bool = False,
        limited: bool = True,
    ) -> Callable[[Run], Run]:
        """Declare what a function answers. `access` says who may call it; there is no default.

        A POST heeds an Idempotency-Key unless anybody may call it: what one caller was told is not told another.
        Raises `TypeError` for an operation without a scope or door, `ValueError` for one that contradicts itself.
        """
        if not isinstance(access, Scope | RoomScope | Door):
            raise TypeError(f"{method} {path} has no scope: name a Scope, or a Door")
        if not _PATH.fullmatch(path):
            raise ValueError(f"{path} is not a path of an operation")
        if keeps_answers is None:
            keeps_answers = method == "POST" and access is not Door.PUBLIC
        elif keeps_answers and access is Door.PUBLIC:
            raise ValueError(f"{method} {path} is public, so its answers cannot be kept for a caller")

        def declare(run: Run) -> Run:
            self.operations.append(
                Operation(
                    method=method,
                    path=path,
                    access=access,
                    run=run,
                    name=f"{self.name}.{run.__name__}",
                    zh=zh,
                    en=en,
                    about=about,
                    query=query,
                    body=body,
                    bytes_at_most=bytes_at_most,
                    answer=answer,
                    status=status if status is not None else (200 if answer is not None else 204),
                    status_if_there=status_if_there,
                    problems=tuple(problems),
                    example=example,
                    answer_example=answer_example,
                    keeps_answers=keeps_answers,
                    hidden=hidden,
                    limited=limited,
                    admit=self.admit,
                )
            )
            return run

        return declare


def media_types(body: type[BaseModel] | Raw) -> Mapping[str, type[BaseModel] | None]:
    """Return the media types that a body may have, with the model of those that are JSON."""
    if isinstance(body, Raw):
        return dict.fromkeys(body.media_types)
    return {JSON: body}
