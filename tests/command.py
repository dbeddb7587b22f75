"""The `esign` command as tests run it: in process, with the real builders, in a folder of its own."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from click.testing import CliRunner, Result

from esign.cli import build_command
from esign.cli.builders import Builders
from tests.signers import face_jpeg, handwriting_json
from wsgi import build

PASSPHRASE = "a passphrase for tests"


@dataclass
class Desk:
    """A folder with an authority, a contract and two people's evidence, and the command to work on them."""

    folder: Path
    changes: dict[str, Any] = field(default_factory=dict)

    @property
    def builders(self) -> Builders:
        return replace(build(), **self.changes)

    def run(self, *arguments: str | Path, status: int = 0) -> Result:
        """Run the command; fail with what it said unless it ends with `status`."""
        environment = {"ESIGN_CA": str(self.folder / "ca"), "ESIGN_CA_PASSPHRASE": PASSPHRASE}
        result = CliRunner().invoke(build_command(self.builders), [str(a) for a in arguments], env=environment)
        assert result.exit_code == status, f"exit {result.exit_code}: {result.output} {result.exception!r}"
        return result

    def json(self, *arguments: str | Path, status: int = 0) -> dict[str, Any]:
        return dict(json.loads(self.run(*arguments, "--json", status=status).stdout))

    def recipient(self, role: str = "applicant", name: str = "张伟", extra: str = "") -> str:
        return f"role={role},name={name},handwriting={self.folder}/{role}.json,photo={self.folder}/{role}.jpg" + (
            f",{extra}" if extra else ""
        )

    def sign(self, document: Path, *more: str | Path, status: int = 0) -> Result:
        return self.run("sign", document, "--recipient", self.recipient(), *more, status=status)


def set_up_desk(folder: Path, contract: bytes, make_authority: Callable[[Path], object]) -> Desk:
    make_authority(folder / "ca")
    (folder / "contract.pdf").write_bytes(contract)
    for seed, role in enumerate(("applicant", "insured"), start=1):
        (folder / f"{role}.json").write_bytes(handwriting_json(seed))
        (folder / f"{role}.jpg").write_bytes(face_jpeg(seed))
    return Desk(folder)
