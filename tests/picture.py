"""`make picture`: the README's picture of the dashboard, taken of the demo's night in a headless Chromium."""

from __future__ import annotations

import base64
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tests.browser import CHROMIUM, Browser
from tests.test_dashboard import served
from tests.test_dashboard_browser import settle

ROOT = Path(__file__).parents[1]
PICTURE = ROOT / "docs" / "dashboard.webp"
LARGEST = 200_000  # bytes


def main() -> None:
    if not CHROMIUM:
        sys.exit("picture — no Chromium — Debian: apt-get install chromium")
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-c", "from flows.cli import main; main()", "demo", "--plain", "--home", folder]
        subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.DEVNULL, env=os.environ | {"PYTHONPATH": str(ROOT)})
        with served(Path(folder) / "demo") as (address, _), Browser(Path(folder) / "browser") as browser:
            browser.look(1240, 1215)
            browser.open(address)
            settle(browser)
            time.sleep(2)  # the charts are drawn after the page is there
            shot = browser.ask("Page.captureScreenshot", format="webp", quality=82)["data"]
    PICTURE.write_bytes(base64.b64decode(shot))
    size = PICTURE.stat().st_size
    print(f"{PICTURE.relative_to(ROOT)}: {size} bytes")
    if size > LARGEST:
        sys.exit(f"larger than {LARGEST} bytes")


if __name__ == "__main__":
    main()
