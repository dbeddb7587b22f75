"""`esign verify --policy`: whether the document is accepted, by a policy and by what an exported trail knows."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import wraps
from hashlib import file_digest
from pathlib import Path
from typing import Any, Final, TypeVar

import click

from esign.ceremony.recognition.chosen_policy import chosen_policy
from esign.cli.builders import Builders
from esign.cli.output import printable
from esign.cli.seal_option import seal_digests, seal_option
from esign.verify.acceptance.judge import accept
from esign.verify.acceptance.knowledge import TrailKnowledge
from esign.verify.acceptance.policy import Policy, named_policies
from esign.verify.acceptance.verdict import Acceptance, AcceptanceVerdict
from esign.verify.acceptance.words import verdict_sentence

_EXIT_STATUS: Final = {
    AcceptanceVerdict.ACCEPTED: 0,
    AcceptanceVerdict.NOT_ACCEPTED: 5,
    AcceptanceVerdict.UNDECIDED: 6,
}
_MARKS: Final = {True: "yes", False: "NO", None: "?"}
Function = TypeVar("Function", bound=Callable[..., object])


@dataclass(frozen=True)
class AcceptanceAsked:
    """What was asked on the command line."""

    policy: str
    trail: Path | None
    trail_keys: tuple[str, ...]
    seals: tuple[Path, ...]


@dataclass(frozen=True)
class Acceptor:
    """Judges reports by what was asked; one for as many documents as there are.

    `trail_sha256` is of the export that the trail was read from, empty without one.
    """

    policy: Policy
    seals: frozenset[str]
    trail: TrailKnowledge | None
    trail_sha256: str = ""

    @property
    def basis(self) -> str:
        """What verdicts rest on, in words that are others where the policy, a seal, a key or the trail is another:
        the files' names stay the same when somebody exports the trail anew."""
        keys = () if self.trail is None else sorted(self.trail.keys)
        return repr((self.policy, sorted(self.seals), self.trail_sha256, keys))

    def accept(self, report: Mapping[str, Any]) -> Acceptance:
        """Judge a report in the form of esign-verification/1."""
        return accept(report, self.policy, seals=self.seals, trail=self.trail)


def acceptance_options(function: Function) -> Function:
    """The options --policy, --trail, --trail-key, --seal and --policies; the command is given `asked`."""

    @wraps(function)
    def with_asked(
        *given: Any,
        policy: str | None,
        trail: Path | None,
        trail_keys: tuple[str, ...],
        seals: tuple[Path, ...],
        **others: Any,
    ) -> object:
        if policy is None and (trail or trail_keys or seals):
            raise click.UsageError("--trail, --trail-key and --seal are for judging by a policy: give --policy too")
        if (trail is None) != (not trail_keys):
            raise click.UsageError("--trail and --trail-key belong together: a trail is believed by its log's key")
        asked = None if policy is None else AcceptanceAsked(policy, trail, trail_keys, seals)
        return function(*given, asked=asked, **others)

    for option in _OPTIONS:
        option(with_asked)
    return with_asked  # type: ignore[return-value]


def _print_policies(context: click.Context, _option: click.Parameter, wanted: bool) -> None:
    if not wanted or context.resilient_parsing:
        return
    for policy in named_policies().values():
        click.echo(f"{policy.name} (version {policy.version}): {policy.said('en')}")
        click.echo(f"    {policy.said('zh')}")
    context.exit()


_OPTIONS: Final = (
    seal_option,
    click.option("--trail-key", "trail_keys", multiple=True, help="The log's verifier key, or a file of such keys."),
    click.option(
        "--trail",
        type=click.Path(path_type=Path, dir_okay=False),
        help="An exported trail: says whether the file is one of ours, and how it stood then. Needs --trail-key.",
    ),
    click.option("--policy", metavar="NAME|FILE", help="Also judge acceptance, by this policy."),
    click.option(
        "--policies",
        is_flag=True,
        is_eager=True,
        expose_value=False,
        callback=_print_policies,
        help="List the policies.",
    ),
)


@contextmanager
def open_acceptor(asked: AcceptanceAsked | None, builders: Builders, authority: Path) -> Iterator[Acceptor | None]:
    """Yield who judges acceptance, or None where nobody asked; the trail stays open meanwhile.

    The seal of the embedded authority in the folder `authority`, if there is one, is among ours. Raises `EsignError`:
    a policy that is none, an export that does not add up.
    """
    if asked is None:
        yield None
        return
    policy = chosen_policy(asked.policy)
    seals = set(seal_digests(asked.seals))
    if authority.is_dir():
        seals |= {one.sha256 for one in builders.describe_authority(authority) if one.role == "seal"}
    with ExitStack() as stack:
        trail: TrailKnowledge | None = None
        digest = ""
        if asked.trail is not None:
            from esign.cli.acceptance_trail import exported_trail  # noqa: PLC0415  # it takes most of a second to load

            trail = stack.enter_context(exported_trail(asked.trail, asked.trail_keys))
            with asked.trail.open("rb") as export:
                digest = file_digest(export, "sha256").hexdigest()
        yield Acceptor(policy, frozenset(seals), trail, digest)


def acceptance_status(acceptance: Acceptance | None) -> int:
    """Return how the command ends where the signatures themselves would have it end with 0."""
    return 0 if acceptance is None else _EXIT_STATUS[acceptance.verdict]


def print_acceptance(acceptance: Mapping[str, Any] | None) -> None:
    """Print the `acceptance` member of a report as text: the verdict, a sentence, then every requirement."""
    if acceptance is None:
        return
    click.echo(f"\n{acceptance['verdict']}  by the policy {acceptance['policy']}, version {acceptance['version']}")
    click.echo(verdict_sentence(acceptance["verdict"], "en"))
    for one in acceptance["requirements"]:
        click.echo(f"  {_MARKS[one['met']]:3}  {one['code']:18} {printable(one['message'])}")
