"""What the rules make of a list of texts, and how well they do on labelled ones."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from transforms import value

CLASSES = dict.fromkeys(("introduction", "offer", "recommendation", "gift"), "heavy")
CLASSES |= dict.fromkeys(("help", "resource", "credit"), "mid")
_CHANNELS = {  # names people give to channels, first match: ours
    "recommend": "recommendation", "endorse": "endorsement", "repost|retweet|reblog": "repost", "gift": "gift",
    "comment|reply": "comment", "group|discord|forum|channel": "group", "mail": "mail", "invit": "invitation",
    "meeting": "meeting", "call$": "call", "reaction|like": "reaction", "mention": "mention",
    "post|status|story|tweet|toot": "post", "slack|teams": "group",
}  # fmt: skip
_TRUE = ("1", "true", "yes", "y")


def classified(path: Path) -> pl.DataFrame:
    """The CSV's rows with value_kind, value_rule and language_covered. Raises ValueError if a column is missing."""
    rows = pl.read_csv(path, infer_schema=False)
    if missing := {"id", "text"} - set(rows.columns):
        raise ValueError(
            f"{path.name}: no column {', '.join(sorted(missing))} — found {', '.join(rows.columns)}; give id and text"
        )
    rows = rows.with_columns(pl.lit(None, pl.String).alias(c) for c in ("lang", "channel", "to_person") if c not in rows.columns)
    named = pl.col("channel").str.to_lowercase()
    ours = pl.coalesce(*(pl.when(named.str.contains(p)).then(pl.lit(c)) for p, c in _CHANNELS.items()), pl.lit("message"))
    to_person = pl.col("to_person").str.strip_chars().str.to_lowercase().is_in(_TRUE)
    asked = rows.select(
        "text", pl.col("lang").str.to_lowercase().str.head(2), channel=ours, slack=named.str.contains("slack|teams"),
        to_person=pl.when(pl.col("to_person").is_null()).then(ours.is_in(["message", "mail"])).otherwise(to_person),
    ).with_columns(  # addressed to one person: in Slack a message, in the open an answer
        channel=pl.when("slack", "to_person").then(pl.lit("message")).otherwise("channel"),
        is_reply=(pl.col("channel") == "comment") | (pl.col("channel").is_in(["post", "group"]) & pl.col("to_person")),
    )  # fmt: skip
    judged = value.classify(asked)
    return rows.with_columns(judged.select("value_kind", "value_rule", "language_covered"))


def f1(truth: pl.Series, found: pl.Series) -> float:
    """Macro-F1 over all labels that occur on either side."""
    pairs = pl.DataFrame({"truth": truth, "found": found})
    scores = []
    for label in sorted(set(truth) | set(found)):
        hits = pairs.filter((pl.col("truth") == label) & (pl.col("found") == label)).height
        scores.append(2 * hits / ((truth == label).sum() + (found == label).sum()))
    return sum(scores) / len(scores) if scores else float("nan")


def scores(rows: pl.DataFrame) -> pl.DataFrame:
    """Per language, for all but English, and over all: texts, macro-F1 over kinds and over weight classes, and the share of
    weight-0 texts taken for a weight-9 kind."""
    light = ("status", "thanks", "applause", "link", "ask", "spam")
    groups = [("all", rows), ("all but en", rows.filter(pl.col("lang") != "en"))]
    groups += [(code, part) for (code,), part in sorted(rows.partition_by("lang", as_dict=True).items(), key=str)]
    weighed = pl.col("label", "value_kind").replace_strict(CLASSES, default="light")
    out = []
    for name, part in groups:
        if part.is_empty():
            continue
        weight, zero = part.select(weighed), part.filter(pl.col("label").is_in(light))
        out.append({
            "lang": name, "texts": part.height, "f1_kinds": f1(part["label"], part["value_kind"]),
            "f1_weights": f1(weight["label"], weight["value_kind"]),
            "zero_as_nine": zero["value_kind"].is_in([k for k, c in CLASSES.items() if c == "heavy"]).mean(),
        })  # fmt: skip
    return pl.DataFrame(out)


def confusion(rows: pl.DataFrame) -> pl.DataFrame:
    """How often each label (rows) was taken for each kind (columns)."""
    counted = rows.group_by("label", "value_kind").len().sort("value_kind")
    return counted.pivot("value_kind", index="label", values="len").fill_null(0).sort("label")
