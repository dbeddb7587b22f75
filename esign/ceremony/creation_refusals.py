"""Why people cannot be put in an envelope: at creation, and when a recipient is changed later."""

from __future__ import annotations

from esign.ceremony.errors import EnvelopeError


def phone_of_agent() -> EnvelopeError:
    """Return the refusal of a phone that is an agent's and somebody else's at once."""
    return EnvelopeError(
        "phone-of-agent",
        "a recipient has the phone number of the agent",
        "give the customer's own number: nobody signs for the customer",
    )


def phone_of_staff() -> EnvelopeError:
    """Return the refusal of a customer's phone that is one of the insurer's staff."""
    return EnvelopeError(
        "phone-of-staff",
        "a recipient has the phone number of somebody of the insurer's staff",
        "give the customer's own number: nobody signs for the customer",
    )


def salesperson_unknown() -> EnvelopeError:
    """Return the refusal of an owner that the staff do not know."""
    return EnvelopeError(
        "salesperson-unknown",
        "nobody of the insurer's staff has this id, they do not work in this institution, or one of the two is closed",
        "take the ids from esign staff list and esign institutions list",
    )


def name_not_printable(characters: int) -> EnvelopeError:
    """Return the refusal of a name of which so many characters cannot be drawn."""
    return EnvelopeError(
        "name-not-printable",
        f"{characters} characters of a name have no glyph in the typeface",
        "write the name with other characters, or install a typeface that has them (ESIGN_FONT)",
    )
