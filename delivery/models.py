"""The tables of the delivery room: what daily lists ask for, and what is found by another id.

`DeliveryRow` and `RouteRow` are projections: they can be dropped and rebuilt from the trail
(`delivery.service.projection`), and so can `EnvelopeOf` by hearing the trail again.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from esign.public.rows import RECORD_ID, Base, JsonText, JsonValue, KeptFile, UtcDateTime

ID: Final = String(80)
CODE: Final = String(64)
NUMBER: Final = String(20)


def _open(name: str, *columns: str) -> Index:
    """Return an index of open deliveries alone: a year of closed ones makes no list slower."""
    return Index(f"ix_delivery_deliveries_{name}", *columns, **_where("is_open"))


def _where(column: str) -> dict[str, Any]:
    return {f"{dialect}_where": text(column) for dialect in ("postgresql", "sqlite")}


class DeliveryRow(Base):
    """A delivery as it stands. `version` is that of its stream.

    `owner` and `act` are who acts next, doing what (codes), `since` when, up to and including the day `until`; `about`
    is what the act is about: a parcel, a stop, a picture, a person. `due_on` is day 15. `watch_on` is the first day on
    which the sweep has something to record, None where it has not; `wants_reminder` tells that it is chased and its
    salesperson was not reminded yet. `institution` is the outlet. `received_on` and `way` are those of the receipt that
    counts, `ended_on` the day on which the policy itself ended.
    """

    __tablename__ = "delivery_deliveries"
    __table_args__ = (
        _open("institution_due", "institution", "due_on"),
        _open("salesperson_due", "salesperson", "due_on"),
        _open("state_institution", "state", "institution"),
        _open("parcel", "parcel"),
        _open("run", "run"),
        Index("ix_delivery_deliveries_watch_on", "watch_on"),
        Index("ix_delivery_deliveries_wants_reminder", "id", **_where("wants_reminder")),
        Index("ix_delivery_deliveries_underwritten_on", "underwritten_on"),
    )

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    proposal: Mapped[str] = mapped_column(ID, unique=True)
    policy: Mapped[str | None] = mapped_column(NUMBER, unique=True)
    client: Mapped[str | None] = mapped_column(ID)
    institution: Mapped[str] = mapped_column(ID)
    salesperson: Mapped[str] = mapped_column(ID)
    channel: Mapped[str] = mapped_column(CODE)
    product: Mapped[str] = mapped_column(CODE)
    medium: Mapped[str | None] = mapped_column(CODE)
    note: Mapped[str | None] = mapped_column(RECORD_ID)
    state: Mapped[str] = mapped_column(CODE)
    version: Mapped[int]
    is_open: Mapped[bool]
    owner: Mapped[str] = mapped_column(CODE)
    act: Mapped[str] = mapped_column(CODE)
    since: Mapped[datetime] = mapped_column(UtcDateTime)
    until: Mapped[date | None]
    about: Mapped[str | None] = mapped_column(ID)
    applied_on: Mapped[date]
    due_on: Mapped[date]
    watch_on: Mapped[date | None]
    underwritten_on: Mapped[date | None]
    issued_on: Mapped[date | None]
    run: Mapped[str | None] = mapped_column(ID)
    parcel: Mapped[str | None] = mapped_column(ID)
    chase: Mapped[str | None] = mapped_column(ID)
    wants_reminder: Mapped[bool]
    orphaned: Mapped[bool]
    late: Mapped[bool]
    received_on: Mapped[date | None]
    way: Mapped[str | None] = mapped_column(CODE)
    ended_on: Mapped[date | None]
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime)


class EnvelopeOf(Base):
    """The delivery that an envelope belongs to: the one in which the application was signed, or a receipt."""

    __tablename__ = "delivery_envelopes"

    envelope: Mapped[str] = mapped_column(ID, primary_key=True)
    delivery: Mapped[str] = mapped_column(ID, index=True)


class RouteRow(Base):
    """A rule of the route table: how it goes to an institution and all below it, from a day on."""

    __tablename__ = "delivery_routes"

    institution: Mapped[str] = mapped_column(ID, primary_key=True)
    from_on: Mapped[date] = mapped_column(primary_key=True)
    print_centre: Mapped[str] = mapped_column(ID)
    way: Mapped[str] = mapped_column(CODE)


class Addressee(Base):
    """The record by which messages and the link reach the applicant of a delivery; `note` is what it was read from.

    A corrected delivery note makes another record, and the old link opens nothing any more.
    """

    __tablename__ = "delivery_addressees"

    delivery: Mapped[str] = mapped_column(ID, primary_key=True)
    note: Mapped[str] = mapped_column(RECORD_ID)
    person: Mapped[str] = mapped_column(RECORD_ID, index=True)


class ReceiptEnvelope(Base):
    """An envelope in which a receipt is signed: the `number`-th of its delivery. `over_at` is when it came to an end,
    signed or not, None while it can be signed."""

    __tablename__ = "delivery_receipt_envelopes"

    envelope: Mapped[str] = mapped_column(ID, primary_key=True)
    delivery: Mapped[str] = mapped_column(ID, index=True)
    number: Mapped[int]
    contract: Mapped[str] = mapped_column(String(64))
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    over_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class StrayReceiptRow(Base):
    """A signed receipt that its delivery did not take; `refused` is the code of why, `outcome` what came of it.

    `settled_at` is None until somebody saw to it.
    """

    __tablename__ = "delivery_stray_receipts"
    __table_args__ = (Index("ix_delivery_stray_receipts_open", "delivery", **_where("settled_at IS NULL")),)

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    delivery: Mapped[str] = mapped_column(ID, index=True)
    envelope: Mapped[str] = mapped_column(ID)
    way: Mapped[str] = mapped_column(CODE)
    signed_by: Mapped[str] = mapped_column(CODE)
    signed_on: Mapped[date]
    refused: Mapped[str] = mapped_column(CODE)
    found_at: Mapped[datetime] = mapped_column(UtcDateTime)
    settled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    settled_by: Mapped[str | None] = mapped_column(ID)
    outcome: Mapped[str | None] = mapped_column(CODE)


class ReceiptPicture(KeptFile, Base):
    """A picture of a receipt on paper. `barcode` is what was found on it: a code of `delivery.paper.pictures`."""

    __tablename__ = "delivery_receipt_pictures"

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    delivery: Mapped[str] = mapped_column(ID, index=True)
    media_type: Mapped[str] = mapped_column(String(32))
    barcode: Mapped[str] = mapped_column(CODE)
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)


class DailyList(Base):
    """The open deliveries of an institution and all below it on a day: made once, and the same ever after.

    `lines` are ids, codes and days alone: what is personal is read when somebody looks at it.
    """

    __tablename__ = "delivery_lists"

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    institution: Mapped[str] = mapped_column(ID)
    day: Mapped[date] = mapped_column(index=True)
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    open: Mapped[int]
    chased: Mapped[int]
    late: Mapped[int]
    lines: Mapped[JsonValue] = mapped_column(JsonText)


class PrintRunRow(Base):
    """A print run as it stands: `policies` are printed by the print centre together, on its day, as run `number`."""

    __tablename__ = "delivery_print_runs"
    __table_args__ = (Index("ix_delivery_print_runs_print_centre_day", "print_centre", "day"),)

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    print_centre: Mapped[str] = mapped_column(ID)
    day: Mapped[date]
    number: Mapped[int]
    policies: Mapped[int]
    begun_at: Mapped[datetime] = mapped_column(UtcDateTime)


class PrintLine(Base):
    """A policy of a print run, in order. `file` is the one in which it is, with `pages`, None until it is made.

    `trouble` is the code of why it could not be put into a file.
    """

    __tablename__ = "delivery_print_lines"
    __table_args__ = (
        Index("ix_delivery_print_lines_delivery", "delivery"),
        Index("ix_delivery_print_lines_file", "file"),
    )

    run: Mapped[str] = mapped_column(ID, primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    delivery: Mapped[str] = mapped_column(ID)
    policy: Mapped[str] = mapped_column(NUMBER)
    outlet: Mapped[str] = mapped_column(ID)
    file: Mapped[str | None] = mapped_column(ID)
    pages: Mapped[int | None]
    trouble: Mapped[str | None] = mapped_column(CODE)


class PrintFile(KeptFile, Base):
    """What is printed for an outlet, sealed until it is erased: the contracts of `policies` with their cover sheets."""

    __tablename__ = "delivery_print_files"
    __table_args__ = (
        Index("ix_delivery_print_files_run", "run"),
        Index("ix_delivery_print_files_erase_on", "erase_on"),
    )

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    run: Mapped[str] = mapped_column(ID)
    outlet: Mapped[str] = mapped_column(ID)
    part: Mapped[int]
    policies: Mapped[int]
    pages: Mapped[int]
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    taken_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    erase_on: Mapped[date | None]
    """None once it is erased."""


class ParcelRow(Base):
    """A parcel as it stands; `stops` are institutions, in order."""

    __tablename__ = "delivery_parcels"
    __table_args__ = (
        Index("ix_delivery_parcels_print_centre", "print_centre", "state"),
        Index("ix_delivery_parcels_outlet", "outlet", "state"),
    )

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    print_centre: Mapped[str] = mapped_column(ID)
    outlet: Mapped[str] = mapped_column(ID)
    way: Mapped[str] = mapped_column(CODE)
    stops: Mapped[list[str]] = mapped_column(JsonText)
    state: Mapped[str] = mapped_column(CODE)
    policies: Mapped[int]
    opened_at: Mapped[datetime] = mapped_column(UtcDateTime)
