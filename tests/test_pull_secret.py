"""A token that Prefect keeps in a Secret block reaches the pull of a night, and nothing else."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.platforms import Mastodon
from tests.servers import TOKEN, serving

pytestmark = pytest.mark.server
NIGHT = """
import sys
from pathlib import Path
from flows.settings import Home, Settings
from flows.prefect_home import surround
home = Home.find(Path(sys.argv[1]), "me").make()
surround(home)
from prefect.blocks.system import Secret
from flows import nightly
Secret(value=sys.stdin.read()).save("givetake-me-mastodon")
assert nightly.secrets(home, Settings(pull={"bluesky": {}})) == {}
nightly.once(home, Settings.load(home), None, None, print)
"""


def test_a_secret_block_is_handed_to_the_pull(tmp_path: Path) -> None:
    platform, home = Mastodon(), tmp_path / "home"
    platform.notify(1)
    with serving(platform.routes()) as server:
        platform.url = server.url
        (home / "me").mkdir(parents=True)
        (home / "givetake.toml").write_text(f'[pull.mastodon]\nserver = "{server.url}"\n')
        environment = {k: v for k, v in os.environ.items() if not k.startswith(("PREFECT_", "GIVETAKE_"))}
        told = subprocess.run(
            [sys.executable, "-c", NIGHT, str(home)], input=TOKEN, env=environment, capture_output=True, text=True, timeout=300
        )
        assert {headers.get("Authorization") for _, _, headers in server.asked} == {f"Bearer {TOKEN}"}, told.stderr[-500:]
    assert TOKEN not in told.stdout + told.stderr
    holding = [p for p in tmp_path.rglob("*") if p.is_file() and TOKEN.encode() in p.read_bytes()]
    assert holding == [], "Prefect keeps it encrypted, the others not at all"
