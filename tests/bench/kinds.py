"""How many texts a second one core names: the rules of all languages at once, over texts of many languages and lengths.

    python -m tests.bench.kinds [texts, 200 000 unless said]

The texts are walks over the labelled ones: each word is followed by one that follows it somewhere, so that every language
has its own frequent words, and cues come whole, in part and out of place. Half are English; no two are alike. Seconds are of
CPU in a process that may use one thread, the best of three; texts as `x_archive` makes them are told beside.
"""

from __future__ import annotations

import os
import random
import subprocess
import sys
import time
from collections import defaultdict
from pathlib import Path

import polars as pl

HERE = Path(__file__).parents[1]
CHANNELS = ["message"] * 9 + ["group"] * 4 + ["comment"] * 3 + ["post"] * 3 + ["mail"]
UNSPACED = ("ja", "zh")


def mix(n: int, seed: int = 7) -> pl.DataFrame:
    """n texts with what `classify` may be told of them; the same for the same seed."""
    rng = random.Random(seed)
    rows = pl.concat(pl.read_csv(HERE / name, columns=["text", "lang"]) for name in ("kinds.csv", "kinds_fresh.csv"))
    chains = {lang: _chain(rows.filter(pl.col("lang") == lang)["text"].to_list(), lang) for lang in sorted(set(rows["lang"]))}
    others = [lang for lang in chains if lang != "en"]
    texts: dict[str, None] = {}
    while len(texts) < n:
        lang = "en" if rng.random() < 0.5 else rng.choice(others)
        texts[_walk(rng, chains[lang], "" if lang in UNSPACED else " ", _length(rng) * (2 if lang in UNSPACED else 1))] = None
    to_person = [rng.random() < 0.6 for _ in texts]
    return pl.DataFrame({"text": list(texts), "channel": rng.choices(CHANNELS, k=n), "to_person": to_person})


def _chain(texts: list[str], lang: str) -> dict[str, list[str]]:
    follows = defaultdict(list)
    for text in texts:
        before = ""
        for word in [*(text if lang in UNSPACED else text.split(" ")), ""]:
            follows[before].append(word)
            before = word
    return follows


def _length(rng: random.Random) -> int:
    """Words: half below nine, one in a hundred above seventy."""
    return min(400, max(1, int(rng.lognormvariate(2.2, 0.9))))


def _walk(rng: random.Random, chain: dict[str, list[str]], blank: str, length: int) -> str:
    words: list[str] = []
    word = ""
    while len(words) < length:
        word = rng.choice(chain[word])
        if word:
            words.append(word)
    return blank.join(words)


def main(n: int) -> None:
    """Measure and print."""
    for what in ("mix", "x"):
        environment = os.environ | {"POLARS_MAX_THREADS": "1"}
        ran = subprocess.run([sys.executable, "-m", "tests.bench.kinds", "--", what, str(n)], env=environment, check=True,
                             capture_output=True, text=True)  # fmt: skip
        print(f"{'texts a second a core, ' + what:28} {float(ran.stdout):12,.0f}")


def _texts(what: str, n: int) -> pl.DataFrame:
    if what == "mix":
        return mix(n)
    from tests.bench.x_archive import _text

    rng = random.Random(7)
    return pl.DataFrame({"text": [_text(rng, 32) for _ in range(n)], "to_person": [True] * n})


def _measure(what: str, n: int) -> float:
    from transforms import value

    texts = _texts(what, n)
    value.classify(texts.head(1000))  # reads the cues
    seconds = []
    for _ in range(3):
        started = time.process_time()
        value.classify(texts)
        seconds.append(time.process_time() - started)
    return texts["text"].n_unique() / min(seconds)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--"]:
        print(_measure(sys.argv[2], int(sys.argv[3])))
    else:
        main(int(sys.argv[1]) if sys.argv[1:] else 200_000)
