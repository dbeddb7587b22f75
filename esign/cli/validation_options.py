"""The options of `esign verify` on how to judge: for which time, by which constraints on algorithms."""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

import click

from ca.ports import FETCH_SECONDS
from ca.trust import TrustStore, load_trust_store
from esign.cli.builders import Builders
from esign.verify import Report
from esign.verify.online import fetch_missing
from esign.verify.trust.algorithm_constraints import AlgorithmConstraints, load_constraints

_Command = TypeVar("_Command", bound=Callable[..., Any])

_EARLIEST, _LATEST = datetime(1990, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC)


class _Moment(click.ParamType[datetime]):
    """A time in RFC 3339 with its offset; the time of day may be left out, and is then midnight UTC."""

    name = "time"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> datetime:
        try:
            moment = value if isinstance(value, datetime) else datetime.fromisoformat(str(value))
            if moment.tzinfo is None and len(str(value)) == len("2030-01-01"):
                moment = moment.replace(tzinfo=UTC)
        except ValueError:
            moment = None
        if moment is None or moment.tzinfo is None or not _EARLIEST <= moment <= _LATEST:
            raise click.BadParameter(f"{value!r} is not a time such as 2030-01-01T00:00:00Z", ctx, param)
        return moment.astimezone(UTC)


at_option = click.option(
    "--at", type=_Moment(), help="Judge for this time, such as 2030-01-01T00:00:00Z, instead of now."
)
"""Gives a command the time to judge for, as `at`: timezone-aware UTC, or None for now."""


@dataclass(frozen=True)
class ValidationOptions:
    """How to judge. `at` is None for now, timezone-aware UTC otherwise; `online_seconds` for all that is fetched."""

    at: datetime | None
    algorithms: Path | None
    online: bool
    online_seconds: float
    trusted_lists: tuple[Path, ...]
    list_signers: tuple[Path, ...]

    def trust(self) -> TrustStore:
        """Read the trusted lists. Raises `TrustServiceError`, and `click.UsageError` where their signer is missing."""
        if not self.trusted_lists:
            return TrustStore()
        if not self.list_signers:
            raise click.UsageError("--trusted-list needs --list-signer: the certificate of the operator who signs it")
        from ca.trusted_list import load_trusted_list  # noqa: PLC0415  # XML is read where a list is given alone

        signers = [anchor.certificate for anchor in load_trust_store(self.list_signers).anchors]
        return functools.reduce(TrustStore.__add__, [load_trusted_list(path, signers) for path in self.trusted_lists])

    def constraints(self) -> AlgorithmConstraints | None:
        """Read the constraints that were given, or None. Raises `EsignError`."""
        return None if self.algorithms is None else load_constraints(self.algorithms)

    def judge(self, judge: Callable[..., Report], builders: Builders, *, pictures: bool) -> Report:
        """Judge by `judge`, which is `esign.verify.verify` but for what these options give, and what is fetched."""
        given = functools.partial(judge, at=self.at or builders.clock(), constraints=self.constraints())
        if not self.online:
            return given(pictures=pictures)
        fetched = fetch_missing(
            lambda supplement: given(supplement=supplement, tell_missing=True).missing,
            builders.validation_data(self.online_seconds),
        )
        return fetched.told_in(given(supplement=fetched.supplement, pictures=pictures))


def validation_options(command: _Command) -> Callable[..., Any]:
    """Give a command these options, handed to it as `validation`."""

    @at_option
    @click.option(
        "--algorithms",
        type=click.Path(path_type=Path, exists=True, dir_okay=False),
        help="Until when algorithms may be relied upon: a TOML file instead of the one built in.",
    )
    @click.option(
        "--online",
        is_flag=True,
        help="Fetch revocation answers and issuers that the file lacks, where its certificates say they are.",
    )
    @click.option(
        "--online-seconds",
        type=click.FloatRange(min=0.1, max=3600),
        help="How long all that --online fetches may take altogether; what does not come in time is told.  "
        f"[default: {FETCH_SECONDS:g}]",
    )
    @click.option(
        "--trusted-list",
        "trusted_lists",
        multiple=True,
        type=click.Path(path_type=Path, exists=True, dir_okay=False),
        help="A trusted list of a member state of the European Union (TS 119 612, XML), whose services to believe.",
    )
    @click.option(
        "--list-signer",
        "list_signers",
        multiple=True,
        type=click.Path(path_type=Path, exists=True),
        help="Certificates of the operators who sign the trusted lists: files or folders.",
    )
    @functools.wraps(command)
    def with_options(
        *arguments: Any,
        at: datetime | None,
        algorithms: Path | None,
        online: bool,
        online_seconds: float | None,
        trusted_lists: tuple[Path, ...],
        list_signers: tuple[Path, ...],
        **rest: Any,
    ) -> Any:
        if online_seconds is not None and not online:
            raise click.UsageError("--online-seconds is for --online")
        seconds = FETCH_SECONDS if online_seconds is None else online_seconds
        options = ValidationOptions(at, algorithms, online, seconds, trusted_lists, list_signers)
        return command(*arguments, validation=options, **rest)

    return with_options
