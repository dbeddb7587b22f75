"""Where a result may be written: never over what the run reads, nor over an earlier result by accident."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from esign.errors import EsignError, OutputError


def require_free_destination(destination: Path, inputs: Iterable[Path], authority: Path, *, overwrite: bool) -> None:
    """Check the destination before any work is done.

    Raises `EsignError` (`output-is-input`: the document, a capture, a root, the passphrase or anything in the
    authority's folder) and `OutputError` (`output-exists`) where a result or the key of an earlier one is there.
    """
    target = destination.resolve()
    if any(target == path.resolve() for path in inputs) or target.is_relative_to(authority.resolve()):
        raise EsignError(
            "output-is-input",
            f"the result would replace {destination}, which this run needs",
            "choose another name with --out",
        )
    if overwrite:
        return
    for path in (destination, *sorted(destination.parent.glob(f"{glob_escape(destination.stem)}.*.cms"))):
        if path.exists():
            raise OutputError(
                "output-exists",
                f"{path} is there already",
                "choose another name with --out, or replace it with --overwrite: an envelope key that is replaced "
                "is lost, and with it the sealed evidence of the earlier document",
            )


def glob_escape(text: str) -> str:
    return "".join(f"[{c}]" if c in "*?[" else c for c in text)
