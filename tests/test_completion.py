"""Shell completion: in bash as a person sees it, in zsh and fish by what they are told."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.terminal import terminal


@pytest.fixture
def program(tmp_path: Path) -> Path:
    """`givetake` on a PATH."""
    path = tmp_path / "bin" / "givetake"
    path.parent.mkdir()
    path.write_text(f'#!/bin/sh\nexec {sys.executable} -c "from flows.cli import main; main()" "$@"\n')
    path.chmod(0o700)
    return path


@pytest.mark.skipif(not shutil.which("bash"), reason="no bash")
def test_bash_completes(program: Path) -> None:
    path = f"{program.parent}:{os.environ['PATH']}"
    with terminal([shutil.which("bash") or "", "--norc", "--noprofile", "-i"], 100, {"PATH": path, "PS1": "$ "}) as screen:
        screen.type('eval "$(givetake --show-completion)"; echo rea""dy\n')
        screen.until("ready")
        screen.type("givetake expl\t")
        screen.until("explain ")
        screen.type("\x15givetake connections --tha\t")
        screen.until("connections --thanks")
        screen.type("\x15givetake --home /usr/sha\t")
        screen.until("/usr/share")
        screen.type("\x15exit\n")
        screen.end()


@pytest.mark.parametrize("shell", ["zsh", "fish"])
def test_the_script_of_each_shell(shell: str, program: Path) -> None:
    env = os.environ | {"_GIVETAKE_COMPLETE": f"source_{shell}"}
    script = subprocess.run([program], env=env, capture_output=True, text=True, check=True).stdout
    assert "_GIVETAKE_COMPLETE=complete_" + shell in script
    if there := shutil.which(shell):
        subprocess.run([there, "-n"], input=script, text=True, check=True)
    asked = {"_GIVETAKE_COMPLETE": f"complete_{shell}", "_TYPER_COMPLETE_ARGS": "givetake do"}
    asked["_TYPER_COMPLETE_FISH_ACTION"] = "get-args"
    told = subprocess.run([program], env=os.environ | asked, capture_output=True, text=True, check=True).stdout
    assert "doctor" in told
