"""What makes applications cheap to make: a service makes its own once, a test process makes hundreds.

Templates that one application compiled stay compiled for the next, and what builds the address of a route is compiled
when the first address is built: most routes of most applications are never asked for one.
"""

from __future__ import annotations

from collections.abc import Callable

from flask import Flask
from jinja2 import BytecodeCache
from jinja2.bccache import Bucket
from werkzeug.routing import Rule


class _Compiled(BytecodeCache):
    """Code by the template's place, taken only as long as the template's text is the same."""

    def __init__(self) -> None:
        self._code: dict[str, bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        if bucket.key in self._code:
            bucket.bytecode_from_string(self._code[bucket.key])

    def dump_bytecode(self, bucket: Bucket) -> None:
        self._code[bucket.key] = bucket.bytecode_to_string()


class _RuleBuiltLater(Rule):
    """A rule like any other, whose two builders are compiled when they are called for the first time."""

    def _compile_builder(self, append_unknown: bool = True) -> Callable[..., tuple[str, str]]:
        def build(rule: Rule, **values: object) -> tuple[str, str]:
            name = "_build_unknown" if append_unknown else "_build"
            compiled = Rule._compile_builder(rule, append_unknown).__get__(rule, None)
            setattr(rule, name, compiled)
            return compiled(**values)  # type: ignore[no-any-return]  # what `__get__` returns has no type

        return build


def make_applications_cheap() -> None:
    """Have every application that this process makes from now on share and put off what is compiled."""
    Flask.jinja_options = {"bytecode_cache": _Compiled()}
    Flask.url_rule_class = _RuleBuiltLater
