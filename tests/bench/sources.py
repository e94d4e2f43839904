"""Each source against the plain typed decode of the same bytes: CPU seconds of `read` over those of `floor`, the best of three.

    python -m tests.bench.sources [records, 100 000 unless said] [platform …]

A module here with `write(target, n)` and `floor(path)` is a source's bench: write makes an archive of n records, floor is
the fastest plain reader of the same bytes. Both end at columns: decoded records are not yet what SQL can use, so what a source
has to keep of them (who, where, the text, the time as an instant) becomes columns in the floor too, and nothing else is done
there: nobody is looked up, no text is cleaned, nothing is checked. The floor runs without the cycle collector. What is the
same for all (bringing acts into one form, hashing them, naming kinds) is told apart as `facts`.
"""

from __future__ import annotations

import importlib
import pkgutil
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

from tests.exports import OWNER
from transforms import act
from transforms.archive import open_archive
from transforms.formats.jsonrecords import uncollected
from transforms.sources import sources


def benches() -> dict[str, ModuleType]:
    """The bench of each source that has one."""
    from tests import bench

    modules = {m.name: importlib.import_module(f"tests.bench.{m.name}") for m in pkgutil.iter_modules(bench.__path__)}
    return {name: m for name, m in modules.items() if name in sources() and hasattr(m, "write") and hasattr(m, "floor")}


def measure(platform: str, records: int) -> dict[str, float]:
    """CPU seconds of floor, read and facts, and read over floor."""
    act._BATCH = sys.maxsize  # else kinds are named on another thread meanwhile, and counted as reading
    module = benches()[platform]
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / platform
        target.mkdir()
        written = module.write(target, records)
        path = Path(written) if written else target
        archive = open_archive([path])

        def read() -> list:
            found = sources()[platform].read(archive, OWNER)
            return found if isinstance(found, list) else [found]

        with uncollected():
            floor = _best(lambda: module.floor(path))
        reading = _best(read)
        readings = read()
        facts = _best(lambda: [r.facts() for r in readings], 1)
    records = sum(r.records for r in readings)
    return {"floor": floor, "read": reading, "facts": facts, "ratio": reading / floor, "records": records}


def _best(what: Callable[[], object], times: int = 3) -> float:
    found = []
    for _ in range(times):
        started = time.process_time()
        what()
        found.append(time.process_time() - started)
    return min(found)


def main(records: int, platforms: list[str]) -> None:
    """Print a row for each source."""
    print(f"{'source':14}{'records':>10}{'floor s':>9}{'read s':>9}{'ratio':>7}{'facts s':>9}")
    for platform in platforms or benches():
        told = measure(platform, records)
        print(
            f"{platform:14}{told['records']:>10,.0f}{told['floor']:>9.2f}{told['read']:>9.2f}{told['ratio']:>7.2f}{told['facts']:>9.2f}",
            flush=True,
        )


if __name__ == "__main__":
    main(int(sys.argv[1]) if sys.argv[1:] else 100_000, sys.argv[2:])
