"""SQL on the published night, in marimo: `givetake notebook` copies this into the owner's folder and opens it there.

Reads through dashboards.published alone: read-only, and nothing but that one file can be reached by SQL.
"""

import marimo

__generated_with = "0.25.2"
app = marimo.App(width="medium", app_title="givetake: SQL")


@app.cell
def _():
    from pathlib import Path

    import altair as alt
    import marimo as mo

    from dashboards import published

    folder = Path(str(mo.cli_args().get("folder") or Path(__file__).parent))
    night = published.connect(folder)
    return alt, folder, mo, night, published


@app.cell
def _(folder, mo, published):
    mo.md(f"""
    # SQL on your night

    Published night: `{published.published(folder).parent.name}`. In a SQL cell choose the database `night`; it is read-only
    and reaches this one file. These are notes about other people: for you, not for publishing.
    """)
    return


@app.cell
def _(mo, night):
    tables = mo.sql("select table_name, estimated_size as n_rows, comment from duckdb_tables() order by 1", engine=night)
    return (tables,)


@app.cell
def _(mo, tables):
    table = mo.ui.dropdown(tables["table_name"].to_list(), value="connection", label="What stands in")
    mo.vstack([table])
    return (table,)


@app.cell
def _(mo, night, table):
    columns = mo.sql(
        f"select column_name, data_type, comment from duckdb_columns() where table_name = '{table.value}' order by column_index",
        engine=night,
    )
    return (columns,)


@app.cell
def _(mo, night):
    people = mo.sql(
        """
        select name, given, received, balance, balance_lo, balance_hi, verdict, circle, advice, reason
        from connection
        where verdict <> 'too early'
        order by given + received desc, connection_id
        """,
        engine=night,
    )
    return (people,)


@app.cell
def _(alt, mo, people):
    mo.ui.altair_chart(
        alt.Chart(people)
        .mark_point(filled=True, size=60)
        .encode(
            x=alt.X("received:Q", scale=alt.Scale(type="symlog")),
            y=alt.Y("given:Q", scale=alt.Scale(type="symlog")),
            color="verdict:N",
            shape="verdict:N",
            tooltip=["name:N", "given:Q", "received:Q", alt.Tooltip("balance:Q", format="+.2f")],
        )
    )
    return


@app.cell
def _(mo):
    asked = mo.ui.code_editor(
        "select platform, channel, direction, visibility\nfrom channel\nwhere visibility <> 'seen'", language="sql", label="Ask"
    ).form()
    mo.vstack([asked])
    return (asked,)


@app.cell
def _(asked, folder, mo, published):
    mo.stop(asked.value is None)
    try:
        names, rows = published.query(published.published(folder), asked.value)
        shown = mo.ui.table([dict(zip(names, row, strict=True)) for row in rows])
    except published.Refused as refused:
        shown = mo.callout(str(refused), "warn")
    mo.vstack([shown])
    return


if __name__ == "__main__":
    app.run()
