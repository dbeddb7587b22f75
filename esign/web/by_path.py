"""Several WSGI applications as one, each at the first part of its paths."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypeAlias

Application: TypeAlias = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


def by_path(parts: Mapping[str, Application], others: Application) -> Application:
    """Return the parts, each at its own path and below it, and the others everywhere else."""

    def chosen(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        first = "/".join(str(environ.get("PATH_INFO", "")).split("/", 2)[:2])
        return parts.get(first, others)(environ, start_response)

    return chosen
