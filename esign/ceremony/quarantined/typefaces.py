"""The typefaces that were loaded before tasks run: a task opens no file."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

from esign.ceremony.quarantined.crossing import arguments_json, text_of, whole_of
from esign.errors import FieldError
from esign.pades.typeface import Typeface

if TYPE_CHECKING:
    from esign.infra.columns import JsonValue

_LOADED: Final[dict[tuple[str, int], Typeface]] = {}


def typeface_form(typeface: Typeface | None) -> dict[str, JsonValue] | None:
    return None if typeface is None else {"path": str(typeface.path), "index": typeface.index}


def load_typeface(form: object) -> None:
    """Load the typeface that the form names, and keep it for the tasks. Raises what reading the file raises."""
    path, index = _named(form)
    typeface = Typeface(Path(path), index)
    typeface.missing("")  # opens the file
    _LOADED.pop((path, index), None)  # so that it is the last
    _LOADED[path, index] = typeface


def latest_typeface() -> Typeface | None:
    """Return the typeface that was loaded last, None where none was."""
    return next(reversed(_LOADED.values()), None)


def loaded_typeface(form: object) -> Typeface:
    """Return the typeface that was loaded under this form; for None, the one that was loaded last.

    Raises `FieldError` (`font-not-loaded`).
    """
    found = latest_typeface() if form is None else _LOADED.get(_named(form))
    if found is None:
        raise FieldError(
            "font-not-loaded",
            "the typeface was not loaded when the reading of documents was started",
            "start the service anew with it (ESIGN_FONT)",
        )
    return found


def _named(form: object) -> tuple[str, int]:
    members = arguments_json.members(form, ("path", "index"), "a typeface")
    return text_of(members["path"], "path"), whole_of(members["index"], "index")
