"""The kinds of texts: what the rules make of a list of texts, and how well they do."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from flows.cli.screen import Choice, Stop

if TYPE_CHECKING:
    import polars as pl

app = typer.Typer()
File = Annotated[
    Path, typer.Argument(help="CSV with id and text; lang, channel, to_person where known.", exists=True, dir_okay=False)
]


@app.command()
def classify(context: typer.Context, file: File) -> None:
    """Name the kind of each text of a CSV, and the rule that says so."""
    choice: Choice = context.obj
    rows = _classified(file).select("id", kind="value_kind", rule="value_rule", language_covered="language_covered")
    choice.show(rows.to_dicts(), ("id", "kind", "rule", "language_covered"))


@app.command()
def score(context: typer.Context, file: File) -> None:
    """Score the rules on a labelled CSV (id, text, label, lang): macro-F1 per language, and the confusion matrix."""
    from flows.scores import confusion, scores

    choice: Choice = context.obj
    rows = _classified(file)
    if "label" not in rows.columns:
        raise Stop(f"{file.name} — no column label — add the kind each text should have", 2)
    rows = rows.with_columns(rows["lang"].fill_null("?"))
    if choice.as_json:
        choice.show(scores(rows).to_dicts())
        return
    for table in (scores(rows), confusion(rows)):
        choice.show(table.to_dicts())


def _classified(file: Path) -> pl.DataFrame:
    import polars as pl

    from flows.scores import classified

    try:
        return classified(file)
    except ValueError as wrong:
        raise Stop(str(wrong), 2) from None
    except pl.exceptions.PolarsError:
        raise Stop(f"{file.name} — not a CSV — save it as comma-separated UTF-8", 2) from None
