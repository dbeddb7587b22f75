"""The acceptance policy that somebody chose: one that comes with the product by its name, or a file of their own."""

from __future__ import annotations

from pathlib import Path

from esign.verify.acceptance.errors import PolicyRefused
from esign.verify.acceptance.policy import BYTES_AT_MOST, Policy, parse_policy, policy_named


def chosen_policy(name: str) -> Policy:
    """Return the policy of this name, or in the file of this name: one with a dot or a slash is a file's.

    Raises `PolicyRefused`: `policy-unreadable`, and those of `policy_named` and `parse_policy`.
    """
    if not {".", "/"} & set(name):
        return policy_named(name)
    try:
        with Path(name).open("rb") as stream:
            data = stream.read(BYTES_AT_MOST + 1)
    except OSError as error:
        raise PolicyRefused(
            "policy-unreadable", f"{name} cannot be read ({error.strerror})", "check the path and its rights"
        ) from error
    return parse_policy(data, name)
