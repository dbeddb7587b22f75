"""Which of a client's envelopes a list shows: by state, id, time, or a person in them, newest first."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated

from pydantic import AfterValidator, AwareDatetime, Field
from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from esign.api.errors import ApiError, Issue
from esign.api.pagination import PageQuery
from esign.ceremony.domain.forms import FIRST_YEAR, LAST_YEAR
from esign.ceremony.domain.values import EnvelopeState
from esign.ceremony.models import EnvelopeRow, RecipientRow
from esign.infra.models import SearchEntry
from esign.infra.search_index import SearchField, SearchIndex

LISTING = "envelopes"


def _of_our_centuries(moment: datetime) -> datetime:
    if not FIRST_YEAR <= moment.year <= LAST_YEAR:
        raise ValueError("no envelope was made then")
    return moment


Moment = Annotated[AwareDatetime, AfterValidator(_of_our_centuries)]


class EnvelopeQuery(PageQuery):
    """Which envelopes. What is given must all hold; people are found by whole items, never parts."""

    state: EnvelopeState | None = Field(None, description="Where the envelope stands.")
    external_id: str | None = Field(None, max_length=128, description="Your own id of it.")
    salesperson: str | None = Field(None, max_length=80, description="Whose envelopes they are.")
    created_after: Moment | None = Field(None, description="Made at this time or later.")
    created_before: Moment | None = Field(None, description="Made before this time.")
    name: str | None = Field(None, min_length=1, max_length=64, description="A recipient's whole name.")
    phone: str | None = Field(None, min_length=1, max_length=32, description="A recipient's phone number.")
    id_number: str | None = Field(None, min_length=1, max_length=32, description="A recipient's ID number.")


def find_envelopes(session: Session, index: SearchIndex, client: str, query: EnvelopeQuery) -> Sequence[EnvelopeRow]:
    """Return the rows of the page and one more if another page follows.

    Raises `ApiError`: `cursor-refused`, `request-invalid` for a person of whom nothing is left to look for.
    """
    chosen = select(EnvelopeRow).where(EnvelopeRow.client == client)
    if after := query.after(LISTING):
        chosen = chosen.where(EnvelopeRow.id < after)
    if query.state is not None:
        chosen = chosen.where(EnvelopeRow.state == query.state.value)
    if query.external_id is not None:
        chosen = chosen.where(EnvelopeRow.external_id == query.external_id)
    if query.salesperson is not None:
        chosen = chosen.where(EnvelopeRow.salesperson == query.salesperson)
    if query.created_after is not None:
        chosen = chosen.where(EnvelopeRow.created_at >= query.created_after)
    if query.created_before is not None:
        chosen = chosen.where(EnvelopeRow.created_at < query.created_before)
    for field, value in _people(query):
        chosen = chosen.where(EnvelopeRow.id.in_(_with(index, field, value)))
    return session.scalars(chosen.order_by(EnvelopeRow.id.desc()).limit(query.limit + 1)).all()


def _people(query: EnvelopeQuery) -> list[tuple[SearchField, str]]:
    asked = ((SearchField.NAME, query.name), (SearchField.PHONE, query.phone), (SearchField.ID_NUMBER, query.id_number))
    return [(field, value) for field, value in asked if value is not None]


def _with(index: SearchIndex, field: SearchField, value: str) -> Select[str]:
    """Return what chooses the envelopes that have a recipient with this item."""
    try:
        digest = index.digest(field, value)
    except ValueError:
        parameter = f"?{field.value.replace('-', '_')}"
        issue = Issue(parameter, "不是可查找的内容", "has nothing in it to look for")
        raise ApiError("request-invalid", issues=[issue]) from None
    return (
        select(RecipientRow.envelope)
        .join(SearchEntry, SearchEntry.record_id == RecipientRow.person)
        .where(SearchEntry.field == field.value, SearchEntry.digest == digest)
    )
