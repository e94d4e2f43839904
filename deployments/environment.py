"""Make `.venv/` from a lock file, or write the lock files. Standard library only: it runs before anything is installed.

python deployments/environment.py requirements.lock    install exactly that, by hash, with bytecode; nothing if it is there
python deployments/environment.py --lock               resolve pyproject.toml again
"""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
VENV = ROOT / ".venv"
BIN = VENV / "bin"
OURS = ("transforms", "flows", "dashboards", "deployments")
SETUP = "requirements-setup.lock"  # the installer and the build backend
LOCKS = {  # each within the versions of the first
    "requirements-dev.lock": ["pyproject.toml", "--all-extras", "--group", "dev", "--group", "setup"],
    "requirements.lock": ["pyproject.toml", "--all-extras"],
    SETUP: ["--group", "setup"],
}
# uv does not read pip's settings: hand them on.
TWINS = {
    "index-url": "UV_DEFAULT_INDEX", "extra-index-url": "UV_INDEX", "find-links": "UV_FIND_LINKS", "cert": "SSL_CERT_FILE",
    "timeout": "UV_HTTP_TIMEOUT",
}  # fmt: skip


def main() -> None:
    """Install the lock named, or lock."""
    if sys.version_info < (3, 11):  # noqa: UP036  it is this that tells an older one
        sys.exit(f"Python {sys.version.split()[0]} found, 3.11 or newer wanted: make PYTHON=python3.13 …")
    os.chdir(ROOT)
    lock() if sys.argv[1:] == ["--lock"] else install(sys.argv[1])


def install(name: str) -> None:
    """Bring `.venv/` to what one lock says. Interrupted, it starts again: the stamp comes last."""
    stamp = VENV / f".{Path(name).stem}"
    wanted = _digest(SETUP, name, "pyproject.toml")
    if stamp.exists() and stamp.read_text() == wanted and (BIN / "givetake").exists():
        return
    started = time.monotonic()
    print(f"setting up .venv from {name} …", file=sys.stderr, flush=True)
    if not (BIN / "python").exists():
        _run(sys.executable, "-m", "venv", "--without-pip", str(VENV))
    pip = [sys.executable, "-m", "pip", "--python", str(BIN / "python"), "install", "-qq", "--disable-pip-version-check"]
    _run(*pip, "--require-hashes", "-r", SETUP)
    uv = [str(BIN / "uv"), "pip", "install", "-q", "--python", str(BIN / "python")]
    if subprocess.run([*uv, "--compile-bytecode", "--require-hashes", "-r", name], env=_environment()).returncode:
        print("uv could not; trying pip, which takes minutes …", file=sys.stderr, flush=True)
        _run(*pip, "--require-hashes", "-r", name)
        _run(str(BIN / "python"), "-m", "compileall", "-q", "-j", "0", str(VENV / "lib"), may_fail=True)
    _run(*uv, "--offline", "--no-deps", "--no-build-isolation", "-e", ".")
    _run(str(BIN / "python"), "-m", "compileall", "-q", *OURS)
    stamp.write_text(wanted)
    print(f"set up in {time.monotonic() - started:.0f} s", file=sys.stderr)


def lock() -> None:
    """Write the lock files: every package and hash, never where it was fetched from."""
    options = ["--generate-hashes", "--no-header", "--no-annotate", "--universal", "--python-version", "3.11", "-q"]
    first = None
    for name, what in LOCKS.items():
        within = ["-c", first] if first else []
        # Without this machine's own package folders: a lock knows every file of a release, not the one lying here.
        subprocess.run([str(BIN / "uv"), "pip", "compile", *what, *within, *options, "--upgrade", "-o", name], check=True)
        first = first or name


def _digest(*names: str) -> str:
    told = hashlib.sha256(f"{sys.version_info[:2]} {ROOT}".encode())
    for name in names:
        told.update(Path(name).read_bytes())
    return told.hexdigest()


def _environment() -> dict[str, str]:
    environment = {"UV_INDEX_STRATEGY": "unsafe-best-match", **os.environ}  # as pip has it; the hashes decide what is safe
    settings = subprocess.run([sys.executable, "-m", "pip", "config", "list"], capture_output=True, text=True).stdout
    for line in settings.splitlines():  # global.index-url='…', :env:.cert='…'; the environment's come last and win
        place, _, value = line.partition("=")
        twin = TWINS.get(place.rpartition(".")[2].replace("default-", ""))
        if twin and twin not in os.environ:
            environment[twin] = value.strip("'\"").replace("\\n", " ").strip()
    return environment


def _run(*command: str, may_fail: bool = False) -> None:
    code = subprocess.run(command, env=_environment()).returncode
    if code and not may_fail:
        sys.exit(f"{Path(command[0]).name} {' '.join(command[1:4])} … ended with {code}; its own words are above")


if __name__ == "__main__":
    main()
