"""Errors of exports. No message names a person."""

from __future__ import annotations

from esign.errors import EsignError


class ExportError(EsignError):
    """An export, or one bundle of it, is not made, not there, or not there any more."""


def not_over() -> ExportError:
    return ExportError(
        "envelope-not-over", "the envelope is not over yet", "export it once it is completed, declined or void"
    )


def not_covered() -> ExportError:
    return ExportError(
        "bundle-not-covered",
        "no checkpoint covers the end of the envelope yet",
        "let a worker publish the next checkpoint, then export",
    )


def restricted() -> ExportError:
    return ExportError(
        "evidence-restricted",
        "a person in the envelope asked for erasure, and until the legal period is over this is only stored",
        "have two people open the evidence in the console, and export this envelope there alone while it is open",
    )


def no_export() -> ExportError:
    return ExportError("no-export", "there is no such export of yours", "check its id; a client sees its own alone")


def not_ready() -> ExportError:
    return ExportError("export-not-ready", "the export is not made yet", "ask for its state until it is done")


def expired() -> ExportError:
    return ExportError("export-expired", "the export's file is not kept any more", "export anew")


def empty() -> ExportError:
    return ExportError("export-empty", "no bundle of this export could be made", "read why in its problems")


def nothing_chosen() -> ExportError:
    return ExportError(
        "nothing-to-export", "no envelope of yours that is over is meant by that", "name others, or ask for more"
    )


def too_many_envelopes(at_most: int) -> ExportError:
    return ExportError(
        "export-too-large", f"that is more than {at_most} envelopes", "export them in parts, by time of creation"
    )


def too_many_running(at_most: int) -> ExportError:
    return ExportError(
        "exports-running", f"{at_most} exports of yours are being made already", "wait until one of them is done"
    )


def key_erased() -> ExportError:
    return ExportError(
        "envelope-key-erased",
        "the envelope's key is erased, and with it everything that was sealed to it",
        "nothing opens it any more; what is printed on the pages stays",
    )


def kept_differs(what: str) -> ExportError:
    return ExportError(
        "kept-data-differs",
        f"{what} is not what was recorded",
        "stop, keep the database as it is, and compare it with a backup",
    )
