"""A real Dovecot on loopback, with TLS and one user, for as long as a test runs. Nothing of it outlives the test."""

from __future__ import annotations

import imaplib
import os
import pwd
import shutil
import socket
import ssl
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

USER, PASSWORD = "olive@example.org", "token-nobody-may-see"
INSTALLED = shutil.which("dovecot") and shutil.which("openssl")
_CONF = """
base_dir = {root}/run
state_dir = {root}/state
log_path = {root}/log
protocols = imap
listen = 127.0.0.1
ssl = required
ssl_cert = <{root}/cert.pem
ssl_key = <{root}/key.pem
mail_location = maildir:{root}/mail:LAYOUT=fs
mail_fsync = never
{users}
first_valid_uid = 0
auth_failure_delay = 0
service anvil {{
  chroot =
  unix_listener anvil-auth-penalty {{
    mode = 0
  }}
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = 0
  }}
  inet_listener imaps {{
    port = {port}
    ssl = yes
  }}
}}
service stats {{
  chroot =
}}
passdb {{
  driver = static
  args = password={password} user={address}
}}
userdb {{
  driver = static
  args = uid={uid} gid={gid} home={root}/home
}}
namespace inbox {{
  inbox = yes
  separator = /
  mailbox Gesendet {{
    auto = create
    special_use = \\Sent
  }}
  mailbox Junk {{
    auto = create
    special_use = \\Junk
  }}
  mailbox Entwürfe {{
    auto = create
    special_use = \\Drafts
  }}
}}
"""
_OTHERS = """
default_internal_user = {user}
default_login_user = {user}
"""  # who is not root may be nobody else


@dataclass
class Dovecot:
    """Where it listens, and its certificate."""

    port: int
    certificate: Path

    def login(self) -> imaplib.IMAP4_SSL:
        """Another client of the same mailbox, that delivers and looks."""
        context = ssl.create_default_context(cafile=str(self.certificate))
        other = imaplib.IMAP4_SSL("localhost", self.port, ssl_context=context, timeout=5)
        other.login(USER, PASSWORD)
        return other


def certificate(root: Path) -> Path:
    """A key, and a certificate for localhost by it."""
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
         "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost",
         "-keyout", root / "key.pem", "-out", root / "cert.pem"],
        check=True, capture_output=True,
    )  # fmt: skip
    return root / "cert.pem"


@contextmanager
def dovecot() -> Iterator[Dovecot]:
    """Start it; stop it."""
    root = Path(tempfile.mkdtemp(prefix="dovecot-"))  # its sockets' paths must be short
    root.chmod(0o755)  # as root, it is another user who logs in
    me = pwd.getpwuid(os.getuid())
    owner = me if me.pw_uid else pwd.getpwnam("nobody")  # root may not own mails
    for folder in ("mail", "home"):
        (root / folder).mkdir()
        os.chown(root / folder, owner.pw_uid, owner.pw_gid)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    try:
        certificate(root)
        (root / "conf").write_text(_CONF.format(
            root=root, users=_OTHERS.format(user=me.pw_name) if me.pw_uid else "", port=port, password=PASSWORD, address=USER,
            uid=owner.pw_uid, gid=owner.pw_gid,
        ))  # fmt: skip
        process = subprocess.Popen(["dovecot", "-F", "-c", root / "conf"], stderr=subprocess.DEVNULL)
        try:
            server = Dovecot(port, root / "cert.pem")
            for _ in range(50):
                try:
                    server.login().logout()
                    break
                except OSError:
                    time.sleep(0.1)
            else:
                raise RuntimeError((root / "log").read_text())
            yield server
        finally:
            process.terminate()
            process.wait(10)
    finally:
        shutil.rmtree(root, ignore_errors=True)
