"""The gate: Great Expectations, inside DuckDB, on a finished file. What was promised beside a table is checked there.

GX 1.x has no engine for DuckDB, and over SQLAlchemy every expectation of it fails, since it fetches after it has closed
the connection. The engine below keeps one connection open, and is swappable the day GX brings its own.
"""

from __future__ import annotations

import logging
import os
import threading
import warnings
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, ClassVar, Literal, cast

import yaml

COUNTS = ("unexpected_count", "row_count")  # metrics of GX that count and hold no value
Outcome = Literal["held", "broken", "not evaluated"]
CRITICAL, WARNING = "critical", "warning"
HELD: Outcome = "held"
BROKEN: Outcome = "broken"
NOT_EVALUATED: Outcome = "not evaluated"
Verdicts = dict[int, tuple[Outcome, int | None]]  # by the number of the promise: what became of it, how many it counted
# Broken on this dialect, or silent where they should speak: say it with unexpected_rows.
UNFIT = ("regex", "quantile", "strftime", "json_schema", "bootstrapped", "z_scores")
_ONE_AT_A_TIME = threading.Lock()  # GX keeps state of the process: shared by six threads, half its verdicts were wrong


@dataclass(frozen=True)
class Promise:
    """One promise about a table, in the terms of Great Expectations. `why` says what would be wrong without it."""

    type: str
    kwargs: dict[str, Any]
    severity: Literal["critical", "warning"]
    why: str
    spoil: str = ""  # SQL that breaks it, for the tests: {table} stands for the table

    @property
    def column(self) -> str | None:
        """The columns it is about; None: the whole table."""
        named = [self.kwargs[k] for k in ("column", "column_A", "column_B") if k in self.kwargs]
        return ", ".join([*named, *self.kwargs.get("column_list", [])]) or None


@dataclass(frozen=True)
class Result:
    """What became of one promise. `found`: offenders, or the rows of a row count; never a value out of the data."""

    table: str
    promise: str
    column: str | None
    severity: str
    why: str
    outcome: Outcome
    found: int | None = None


class GateBroken(Exception):  # noqa: N818  it reads as what it says
    """A critical promise is broken, or could not be evaluated. `results` holds all that was checked."""

    def __init__(self, boundary: str, results: Sequence[Result]) -> None:
        self.boundary, self.results = boundary, list(results)
        said = "; ".join(f"{r.table}: {r.promise}({r.column or ''}) {r.outcome}" for r in broken(results)[:3])
        more = len(broken(results)) - 3
        super().__init__(
            f"the gate of the {boundary} — {said}{f' and {more} more' if more > 0 else ''}"
            " — nothing was published; the last good night stays. `givetake doctor` says what to do"
        )


def promises(path: Path) -> list[Promise]:
    """The promises of one .yml. Raises ValueError where one is not fit to be checked."""
    return [_promise(told, f"{path.parent.name}/{path.name}") for told in read_yml(path).get("promises", [])]


def read_yml(path: Path) -> dict[str, Any]:
    """What stands beside a table: row (the grain), columns (type and doc of each) and promises."""
    with path.open("rb") as f:
        return yaml.load(f, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader)) or {}


def _promise(told: dict[str, Any], place: str) -> Promise:
    kind, kwargs, meta = told.get("type", "?"), dict(told.get("kwargs") or {}), dict(told.get("meta") or {})
    wrong = ""
    if strange := (told.keys() - {"type", "kwargs", "severity", "meta"}) | (meta.keys() - {"why", "spoil"}):
        wrong = f"unknown {', '.join(sorted(strange))}"
    elif told.get("severity") not in (CRITICAL, WARNING):
        wrong = "severity is neither critical nor warning"
    elif not meta.get("why"):
        wrong = "no meta.why"
    elif any(word in kind for word in UNFIT):
        wrong = "does not work inside DuckDB; use unexpected_rows"
    elif kind == "unexpected_rows" and "{batch}" not in kwargs.get("query", ""):
        wrong = "its query does not read {batch}"
    if wrong:
        raise ValueError(f"{place}, promise {kind}: {wrong}")
    return Promise(kind, kwargs, told["severity"], meta["why"], meta.get("spoil", ""))


def broken(results: Iterable[Result]) -> list[Result]:
    """The critical ones that did not hold. What could not be evaluated did not hold."""
    return [r for r in results if r.severity == CRITICAL and r.outcome != HELD]


def check(database: Path, tables: Mapping[str, Sequence[Promise]]) -> list[Result]:
    """Check the promises of each `schema.table` of a DuckDB file that nobody has open for writing.

    In the order given, one Result a promise. A promise that could not be evaluated, whatever the cause (an unknown type
    or column, a missing table, an SQL error), is "not evaluated". Raises FileNotFoundError where there is no file.
    """
    if not database.is_file():
        raise FileNotFoundError(f"{database.name} — there is no such file — build it first")
    results: dict[str, list[Result]] = {}
    with _ONE_AT_A_TIME, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of duckdb-engine, which cannot reflect indices: there are none
        context = _context()
        for schema in dict.fromkeys(table.split(".")[0] for table in tables):
            named = [table for table in tables if table.split(".")[0] == schema]
            source = context.data_sources.add_duckdb(
                name=schema,
                search_path=schema,
                assets=[{"type": "table", "name": table, "table_name": table.split(".")[1]} for table in named],
                connection_string="duckdb://",  # the path goes beside it: in a URL, % would mean something
                kwargs={"connect_args": {"database": str(database), "read_only": True}},
            )
            try:
                for table in named:
                    results[table] = _check(source, table, tables[table])
            finally:
                source.close()
    return [result for table in tables for result in results[table]]


def _check(source: Any, table: str, made: Sequence[Promise]) -> list[Result]:
    """One table, one batch; then one by one what could not be evaluated, as one error takes its neighbours along."""
    verdicts: Verdicts = {}
    try:
        verdicts |= _run(source, table, dict(enumerate(made)))
        lost = [n for n in range(len(made)) if n not in verdicts]
        for n in lost if len(lost) > 1 else ():
            verdicts |= _run(source, table, {n: made[n]})
    except Exception as raised:  # no such table, most often; the text of the error may hold values, so only its kind is said
        logging.getLogger(__name__).warning("%s could not be checked: %s", table, type(raised).__name__)
    none: tuple[Outcome, None] = (NOT_EVALUATED, None)
    return [Result(table, p.type, p.column, p.severity, p.why, *verdicts.get(n, none)) for n, p in enumerate(made)]


def _run(source: Any, table: str, made: Mapping[int, Promise]) -> Verdicts:
    """The verdicts on the promises that could be evaluated."""
    import great_expectations as gx

    suite = gx.ExpectationSuite(table, expectations=[e for n, p in made.items() if (e := _expectation(p, n))])
    asset = source.get_asset(table)
    verdicts: Verdicts = {}
    for told in asset.get_batch(asset.build_batch_request()).validate(suite, result_format="BOOLEAN_ONLY").results:
        # Of an expectation that raised, exception_info has one of two shapes; only this one says that it did not.
        if told.exception_info.get("raised_exception") is False:
            config = told.expectation_config
            verdicts[config.meta["n"]] = (HELD if told.success else BROKEN, source.counted(config.to_domain_obj()))
    return verdicts


def _expectation(promise: Promise, n: int) -> Any:
    """The promise as GX knows it, numbered, since results come back in any order. None where GX knows no such promise."""
    from great_expectations.expectations.expectation_configuration import ExpectationConfiguration
    from great_expectations.expectations.metadata_types import FailureSeverity

    kind, kwargs = promise.type, promise.kwargs
    if kind == "unexpected_rows":
        kwargs = {"unexpected_rows_query": kwargs["query"]}
    try:
        return ExpectationConfiguration(kind, kwargs, meta={"n": n}, severity=FailureSeverity(promise.severity)).to_domain_obj()
    except Exception:  # an unknown type or wrong arguments: it stays "not evaluated"
        return None


def _context() -> Any:
    """A context of GX that lives in memory, writes no file, shows no progress and knows DuckDB."""
    os.environ["GX_ANALYTICS_ENABLED"] = "false"
    import great_expectations as gx
    from great_expectations.data_context.types.base import ProgressBarsConfig

    _know_duckdb()
    logging.getLogger("great_expectations").setLevel(logging.CRITICAL)  # it logs queries and what they met
    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = ProgressBarsConfig(globally=False, metric_calculations=False)
    return context


@cache
def _know_duckdb() -> None:
    """Teach GX a data source `duckdb`: defining a class registers it. Here, not above, as importing GX takes seconds."""
    from great_expectations.datasource.fluent import SQLDatasource
    from great_expectations.execution_engine import SqlAlchemyExecutionEngine
    from great_expectations.expectations import UnexpectedRowsExpectation
    from sqlalchemy import event
    from sqlalchemy.engine.reflection import ObjectKind, ObjectScope

    class UnexpectedRows(UnexpectedRowsExpectation):
        """Counts the rows, and fetches none: every query would run twice. GX knows it by its name, `unexpected_rows`."""

        metric_dependencies: ClassVar[tuple[str, ...]] = ("unexpected_rows_query.row_count",)

        def _validate(self, metrics: dict[str, Any], *_: Any, **__: Any) -> dict[str, Any]:
            return {"success": metrics["unexpected_rows_query.row_count"] == 0}

    class Engine(SqlAlchemyExecutionEngine):
        """Keeps its connection, as GX fetches after it gave it back, and remembers what it counted."""

        def __init__(self, search_path: str, **kwargs: Any) -> None:
            super().__init__(**kwargs)
            self.metrics: dict[Any, Any] = {}
            # GX loses the schema where it reads the columns of a table, so a connection looks in that schema alone.
            event.listen(self.engine, "connect", lambda con, _: con.execute(f"set search_path = '{search_path}'"))
            dialect: Any = self.engine.dialect
            dialect.get_pk_constraint = lambda *_, **__: {}  # there are none, and GX asks for every table
            columns: dict[Any, Any] = {}  # of the whole schema at once: asked for each table, they took a fifth of a check

            def get_columns(con: Any, table: str, schema: str | None = None, **_: Any) -> Any:
                if not columns:
                    columns.update(dialect.get_multi_columns(con, search_path, None, ObjectScope.ANY, ObjectKind.ANY))
                return dialect._value_or_raise(columns, table, search_path)

            dialect.get_columns = get_columns

        @contextmanager
        def get_connection(self) -> Iterator[Any]:
            self._connection = self._connection or self.engine.connect()
            self._connection.rollback()  # an error before this one would have left a transaction that refuses everything
            yield self._connection

        def resolve_metrics(self, *args: Any, **kwargs: Any) -> dict[Any, Any]:
            resolved = super().resolve_metrics(*args, **kwargs)
            self.metrics |= {m: v for m, v in resolved.items() if m[0].endswith(COUNTS) and isinstance(v, int)}
            return resolved

        def close(self) -> None:
            if self._connection is not None:
                self._connection.close()
            self.engine.dispose()

    class DuckDBDatasource(SQLDatasource):
        type: Literal["duckdb"] = "duckdb"  # type: ignore[assignment]
        search_path: str

        @property
        def execution_engine_type(self) -> Any:
            return Engine

        def _save_context_project_config(self) -> None:
            pass  # nobody loads it again, and writing it as YAML took a tenth of every check

        def test_connection(self, test_assets: bool = True) -> None:
            pass  # the first check of a table does

        def get_engine(self) -> Any:
            return self.get_execution_engine().engine  # GX would open the file a second time to try the connection

        def counted(self, expectation: Any) -> int | None:
            offenders, engine = getattr(expectation, "map_metric", None), cast(Engine, self.get_execution_engine())
            wanted = expectation.get_validation_dependencies(engine, {"result_format": "BOOLEAN_ONLY"}).metric_configurations
            names = [f"{offenders}.unexpected_count"] if offenders else [n for n in wanted if n.endswith("row_count")]
            return next((engine.metrics.get(wanted[n].id) for n in names if n in wanted), None)

        def close(self) -> None:
            self.get_execution_engine().close()
