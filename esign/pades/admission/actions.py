"""Which actions a document may carry: those that only move the reader (ISO 32000-2, 12.6)."""

from __future__ import annotations

from esign.pades.admission import refusals
from esign.pades.admission.source import PdfSource
from esign.pades.admission.syntax import PdfValue

TURNS_PAGES = frozenset({"NextPage", "PrevPage", "FirstPage", "LastPage"})
"""The named actions that PDF/A allows as well; a presentation made with LaTeX has them on every page."""

_MAX_CHAIN = 32
_WORDS = {
    "Launch": "starts another program",
    "GoToR": "opens another file",
    "GoToE": "opens an attached file",
    "SubmitForm": "sends form data to a server",
    "ResetForm": "resets the form",
    "ImportData": "loads data from another file",
    "Hide": "hides or shows parts of the page",
    "SetOCGState": "switches layers on or off",
    "Named": "runs a command of the viewer",
    "Sound": "plays a sound",
    "Movie": "plays a film",
    "Rendition": "plays media",
    "Trans": "changes how pages are shown",
    "GoTo3DView": "changes a 3D view",
    "RichMediaExecute": "runs embedded media",
    "Thread": "follows an article thread",
}


def refuse_forbidden_action(source: PdfSource, action: PdfValue, where: str, *, links: bool = True) -> None:
    """Raise `DocumentRefused` unless `action` and those that follow it only move the reader.

    A destination (a name, string or array instead of a dictionary) is fine. `where` begins the sentence, as in
    "page 3, a link". With `links` false, web links and page turning are forbidden too: nobody asked to go there.
    """
    waiting = [action]
    for _ in range(_MAX_CHAIN):
        if not waiting:
            return
        entries = source.dictionary(waiting.pop())  # viewers take the dictionary of a stream, too
        if not entries:
            continue
        _refuse_one(source, entries, where, links)
        following = source.get(entries.get("Next"))
        waiting.extend(following if isinstance(following, list) else [following])
    raise refusals.too_complex("too many actions follow one another")


def refuse_additional_actions(source: PdfSource, owner: dict[str, PdfValue], where: str) -> None:
    """Raise `DocumentRefused` if `owner` has an entry AA that triggers anything (12.6.3)."""
    triggers = source.dictionary(owner.get("AA"))
    for trigger in triggers.values():
        entries = source.dictionary(trigger)
        if _runs_script(source, entries):
            raise refusals.javascript(where)
        if entries:
            raise refusals.actions(where, "does something by itself when it is opened, left or filled in")


def _refuse_one(source: PdfSource, entries: dict[str, PdfValue], where: str, links: bool) -> None:
    kind = source.name(entries.get("S"))
    if _runs_script(source, entries):
        raise refusals.javascript(where)
    if kind in (None, "GoTo"):
        return
    if links and (kind == "URI" or (kind == "Named" and source.name(entries.get("N")) in TURNS_PAGES)):
        return
    if kind == "URI":
        raise refusals.actions(where, "opens a web page by itself")
    raise refusals.actions(where, _WORDS.get(kind or "", "does more than move to another place"))


def _runs_script(source: PdfSource, entries: dict[str, PdfValue]) -> bool:
    if "JS" in entries or source.name(entries.get("S")) == "JavaScript":
        return True
    address = source.get(entries.get("URI"))
    return isinstance(address, bytes) and address.strip().lower().startswith((b"javascript:", b"vbscript:"))
