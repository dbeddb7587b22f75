"""Several processes share one authority's folder."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from cryptography import x509

from ca.authority import Role
from ca.ports import RevocationReason
from tests.authority import create_test_authority

ISSUE = """
import sys
from pathlib import Path
from cryptography import x509
from ca.authority import open_authority
from tests.authority import PASSPHRASE, certification_request, event_request, present_time

authority = open_authority(Path(sys.argv[1]), passphrase=PASSPHRASE, clock=present_time)
request = event_request(request=certification_request())
for _ in range(int(sys.argv[2])):
    issued = authority.issuer.issue_event_certificate(request)
    print(x509.load_der_x509_certificate(issued.certificate).serial_number)
"""

FORK = """
import os, sys
from pathlib import Path
from cryptography import x509
from ca.authority import open_authority
from tests.authority import PASSPHRASE, certification_request, event_request, present_time

authority = open_authority(Path(sys.argv[1]), passphrase=PASSPHRASE, clock=present_time)
request = event_request(request=certification_request())
child = os.fork()
for _ in range(int(sys.argv[2])):
    issued = authority.issuer.issue_event_certificate(request)
    os.write(1, b"%d\\n" % x509.load_der_x509_certificate(issued.certificate).serial_number)
if child:
    assert os.waitpid(child, 0)[1] == 0
"""


def start(script: str, folder: Path, count: int) -> subprocess.Popen[bytes]:
    root = Path(__file__).parents[2]
    command = [sys.executable, "-c", script, str(folder), str(count)]
    return subprocess.Popen(command, cwd=root, stdout=subprocess.PIPE)


def serials(process: subprocess.Popen[bytes]) -> list[int]:
    output, _ = process.communicate(timeout=60)
    assert process.returncode == 0
    return [int(line) for line in output.split()]


def lines(folder: Path) -> list[bytes]:
    return (folder / "register").read_bytes().splitlines()


def test_two_processes_issue_at_once_and_no_line_is_lost(tmp_path: Path) -> None:
    folder = tmp_path / "ca"
    authority = create_test_authority(folder)
    before = len(lines(folder))
    running = [start(ISSUE, folder, 60) for _ in range(2)]
    issued = [serial for process in running for serial in serials(process)]
    assert len(set(issued)) == 120
    recorded = {int(line.split()[1], 16) for line in lines(folder)[before:]}
    assert recorded == set(issued)

    # This process opened the folder before: it answers for what the others issued, and revokes it.
    authority.issuer.revoke(issued[0], RevocationReason.SUPERSEDED)
    crl = authority.revocation.crl(authority.certificate(Role.ISSUING))
    assert crl is not None
    assert x509.load_der_x509_crl(crl).get_revoked_certificate_by_serial_number(issued[0]) is not None


def test_workers_forked_from_one_open_authority_do_not_collide(tmp_path: Path) -> None:
    folder = tmp_path / "ca"
    create_test_authority(folder)
    before = len(lines(folder))
    issued = serials(start(FORK, folder, 60))
    assert len(set(issued)) == 120
    assert {int(line.split()[1], 16) for line in lines(folder)[before:]} == set(issued)
