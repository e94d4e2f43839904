"""Invented texts: sentences with slots, in several languages. No two texts of one life are the same.

The value rules must find their kinds by themselves, so the sentences (words.toml) are plain, and nothing here tells them.
"""

from __future__ import annotations

import random
import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

DATA: Mapping[str, Any] = tomllib.loads(Path(__file__).with_name("words.toml").read_text("utf-8"))
SLOTS, SENTENCES = DATA["slots"], DATA["sentences"]
_SLOT = re.compile(r"\{(\w+)\}")


class Words:
    """Says things, never the same twice. `rng` decides; languages without a sentence of a kind fall back on English."""

    def __init__(self, rng: random.Random) -> None:
        self.rng = rng
        self.said: set[str] = set()

    def say(self, kind: str, language: str = "en", **slots: str) -> str:
        """One text of a kind (a key of `sentences`)."""
        text = self._sentence(kind, language, slots)
        while text in self.said:
            text += " " + self._sentence("talk", language, slots)
        self.said.add(text)
        return text

    def _sentence(self, kind: str, language: str, slots: Mapping[str, str]) -> str:
        forms = SENTENCES[kind]
        language = language if language in forms else "en"
        text = _SLOT.sub(lambda m: slots.get(m[1]) or self._fill(m[1], language), self.rng.choice(forms[language]))
        return text[0].upper() + text[1:]

    def _fill(self, slot: str, language: str) -> str:
        if slot == "slug":
            return f"{self.rng.getrandbits(32):08x}"
        return self.rng.choice(SLOTS[language][slot])
