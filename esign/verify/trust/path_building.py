"""Paths from believed roots down to a certificate, found in time that is bounded whatever the file carries.

pyHanko's builder follows names: certificates of one name that certify one another make it try every order of them, so
that a dozen keep it busy for ever. Here an issuer is one whose key made the signature, each certificate is climbed from
once, and paths are taken from what leads to a root alone.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from typing import Final

from asn1crypto import x509

from ca.encoding import certificate_digest
from esign.verify.cms.certificates import CertificatePool

PATHS_AT_MOST: Final = 8
_CERTIFICATES_AT_MOST: Final = 12
"""In one path, as in `CertificatePool.chain`."""
_CHECKS_AT_MOST: Final = 500
"""Of pairs of certificate and possible issuer, for one certificate at the end of paths."""
_STEPS_AT_MOST: Final = 2_000


@dataclass
class PathBudget:
    """What is left, for one file, of checks whether one certificate issued another."""

    checks: int = 5_000


Path = tuple[x509.Certificate, ...]
"""Certificates from a root, which is the first, down to the one that was asked for."""


def build_paths(
    certificate: x509.Certificate, roots: Collection[bytes], pool: CertificatePool, budget: PathBudget
) -> list[Path]:
    """Return up to `PATHS_AT_MOST` paths, a shortest one first; none beyond the limits.

    `roots` are SHA-256 digests of believed certificates, which the pool holds. A certificate that is itself a root is
    a path by itself.
    """
    graph = _Issuers(frozenset(roots))
    graph.climb(certificate, pool, budget)
    found: list[Path] = []
    for path in graph.paths(certificate):
        found.append(path)
        if len(found) == PATHS_AT_MOST:
            break
    return found


@dataclass
class _Issuers:
    """Who issued whom, from one certificate upwards, and how far each is from a root that it leads to.

    Keys are digests.
    """

    roots: frozenset[bytes]
    _above: dict[bytes, list[x509.Certificate]] = field(default_factory=dict)
    _distance: dict[bytes, int] = field(default_factory=dict)
    _steps: int = 0

    def climb(self, certificate: x509.Certificate, pool: CertificatePool, budget: PathBudget) -> None:
        below: dict[bytes, list[bytes]] = {}
        waiting, checks = [certificate], min(_CHECKS_AT_MOST, budget.checks)
        budget.checks -= checks
        self._above[certificate_digest(certificate)] = []
        while waiting:
            current = waiting.pop(0)
            digest = certificate_digest(current)
            if digest in self.roots:
                continue
            for issuer in pool.named(current.issuer):
                above = certificate_digest(issuer)
                if checks == 0:
                    break
                checks -= 1
                if above == digest or not pool.is_issued_by(current, issuer):
                    continue
                self._above[digest].append(issuer)
                below.setdefault(above, []).append(digest)
                if above not in self._above:
                    self._above[above] = []
                    waiting.append(issuer)
        budget.checks += checks
        reached, distance = [digest for digest in self._above if digest in self.roots], 0
        while reached:
            self._distance.update(dict.fromkeys(reached, distance))
            under = {digest for one in reached for digest in below.get(one, [])}
            reached, distance = [digest for digest in under if digest not in self._distance], distance + 1

    def paths(self, certificate: x509.Certificate) -> Iterator[Path]:
        """Yield paths that end in the certificate."""
        if certificate_digest(certificate) in self._distance:
            yield from self._continued((certificate,), frozenset())

    def _continued(self, path: Path, taken: frozenset[bytes]) -> Iterator[Path]:
        """Yield paths that end in `path`, whose first certificate leads to a root; `taken` are the others' digests."""
        first = certificate_digest(path[0])
        if first in self.roots:
            yield path
            return
        self._steps += 1
        if len(path) == _CERTIFICATES_AT_MOST or self._steps > _STEPS_AT_MOST:
            return
        above = [issuer for issuer in self._above[first] if certificate_digest(issuer) in self._distance]
        for issuer in sorted(above, key=lambda one: self._distance[certificate_digest(one)]):
            if certificate_digest(issuer) not in taken:
                yield from self._continued((issuer, *path), taken | {first})
