"""The table of photographs: what is kept of each beside the sealed picture."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from sqlalchemy import BigInteger, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from esign.public.rows import Base, KeptFile, UtcDateTime, insert_only, table_of

ID: Final = String(80)
CODE: Final = String(64)
DIGEST: Final = String(64)
TOLD: Final = "ptd"
"""What begins the ids of the records in which it is sealed when and where pictures were taken."""


class PictureRow(KeptFile, Base):
    """A photograph of a claim, under the record of its own id. When and where it was taken is sealed in another record
    (`told_record`).

    `upload` is the digest of what was handed in, so that the same one, sent twice, is one picture. `picture_hash` has a
    sign, as `claims.risk.pictures.signed` makes it. `marks` are codes with spaces between; `by` is who of the staff
    took it, None where the customer did.
    """

    __tablename__ = "claims_pictures"
    __table_args__ = (
        UniqueConstraint("claim", "slot", "upload"),
        Index("ix_claims_pictures_claim", "claim", "made_at"),
    )

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    claim: Mapped[str] = mapped_column(ID)
    slot: Mapped[str] = mapped_column(CODE)
    upload: Mapped[str] = mapped_column(DIGEST)
    width: Mapped[int]
    height: Mapped[int]
    picture_hash: Mapped[int | None] = mapped_column(BigInteger)
    marks: Mapped[str] = mapped_column(String(200))
    by: Mapped[str | None] = mapped_column("taken_by", ID)
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)


insert_only(table_of(PictureRow))


def told_record(picture: str) -> str:
    """Return the id of the record in which it is sealed when and where a picture was taken."""
    return f"{TOLD}_{picture.partition('_')[2]}"
