"""The table by which the hotline finds a policy: keyed digests of its plate and of the end of its phone number."""

from __future__ import annotations

from sqlalchemy import Index, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from claims.models import NUMBER
from esign.public.rows import Base


class PolicyKey(Base):
    """What a policy is found by. Who has the database alone can neither read nor try plates and numbers: the digest
    is made with a key."""

    __tablename__ = "claims_policy_keys"
    __table_args__ = (Index("ix_claims_policy_keys_kind_digest", "kind", "digest"),)

    number: Mapped[str] = mapped_column(NUMBER, primary_key=True)
    kind: Mapped[str] = mapped_column(String(16), primary_key=True)
    digest: Mapped[bytes] = mapped_column(LargeBinary(32))
