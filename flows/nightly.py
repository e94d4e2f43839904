"""The Prefect flow `nightly`: it schedules and shows the stages, and is not the truth.

What was done is in the home, so a night whose Prefect does not start, or dies, is done without it, with the same numbers.
Between tasks go files, never frames; in parameters and artifacts stand neither texts nor names of people.
`flows.prefect_home.surround` comes before this module is imported.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import suppress
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import UTC, date, datetime
from time import monotonic
from typing import Any

from prefect import flow, get_client, runtime, serve, task
from prefect.artifacts import create_table_artifact
from prefect.blocks.system import Secret
from prefect.cache_policies import NO_CACHE
from prefect.client.schemas import filters
from prefect.client.schemas.objects import StateType
from prefect.deployments.runner import EntrypointType, RunnerDeployment
from prefect.events import emit_event
from prefect.schedules import Cron
from prefect.states import Cancelled

from flows import stages
from flows.doctor import stale
from flows.reader import place
from flows.settings import Home, Settings


@dataclass
class _Watch:
    """A night in this process, as its caller watches it."""

    progress: stages.Progress | None = None
    begun_at: float | None = None
    failed: BaseException | None = None  # in the stages, so not Prefect's doing
    figures: dict[str, Any] | None = None


_watched: ContextVar[_Watch | None] = ContextVar("_watched", default=None)


@flow(name="nightly", persist_result=False, validate_parameters=False)
def nightly(home: str = "", owner: str = "", as_of: str = "") -> None:
    """One night of one owner, every stage a task. `as_of` is a UTC date, YYYY-MM-DD; "" is now."""
    os.umask(0o077)  # a worker of the user's own may have another
    watch = _watched.get() or _Watch()
    watch.begun_at = monotonic()
    _catch_up()

    def told(stage: Callable[[], Any]) -> Any:
        try:
            return stage()
        except Exception as failed:
            watch.failed = watch.failed or failed
            if type(failed).__module__.startswith("flows."):
                raise  # its words are ours
            raise RuntimeError(place(failed)) from None  # another's may quote what it met, and Prefect keeps them

    def each(name: str, stage: Callable[[], Any]) -> Any:
        @task(name=name, task_run_name=name, cache_policy=NO_CACHE, persist_result=False)
        def run() -> Any:  # the stage is no parameter of it: Prefect looks into those, and hashes them
            return told(stage)

        return run()

    whose = Home.find(home or None, owner or None)
    settings = told(lambda: Settings.load(whose))
    day = date.fromisoformat(as_of) if as_of else None
    try:
        watch.figures = stages.night(whose, settings, day, watch.progress, each, secrets(whose, settings))
    except stages.Busy as failed:
        watch.failed = failed
        raise
    finally:
        _tell(whose, settings, watch)
    figures = {k: v for k, v in watch.figures.items() if isinstance(v, int)} | watch.figures["seconds"]
    create_table_artifact([{"figure": k, "value": v} for k, v in figures.items()], key="night", description="The night's figures")


def _catch_up() -> None:
    """This night does the work of those that were missed before it; they are not run one after another."""
    if not runtime.deployment.id:
        return
    missed = filters.FlowRunFilter(
        deployment_id=filters.FlowRunFilterDeploymentId(any_=[runtime.deployment.id]),
        state=filters.FlowRunFilterState(type=filters.FlowRunFilterStateType(any_=[StateType.SCHEDULED])),
        expected_start_time=filters.FlowRunFilterExpectedStartTime(before_=datetime.now(UTC)),  # type: ignore[arg-type]
    )
    with suppress(Exception), get_client(sync_client=True) as client:  # what Prefect shows is not worth a night
        for run in client.read_flow_runs(flow_run_filter=missed):
            if run.auto_scheduled and str(run.id) != runtime.flow_run.id:
                client.set_flow_run_state(run.id, Cancelled(message="missed, and caught up by a later night"), force=True)


def _tell(home: Home, settings: Settings, watch: _Watch) -> None:
    """Events that deployments/automations.yaml waits for. They name the owner's folder and platforms, and nobody else."""
    owner = {"prefect.resource.id": f"givetake.owner.{home.owner}", "prefect.resource.name": home.owner}
    if isinstance(watch.failed, stages.GateBroken):
        emit_event("givetake.gate.broken", resource=owner)
    with suppress(Exception):  # nothing is published yet
        for platform, days in stale(home, settings):
            told = {"prefect.resource.id": f"givetake.source.{platform}", "prefect.resource.name": platform, "days": str(days)}
            emit_event("givetake.source.stale", resource=told, related=[owner | {"prefect.resource.role": "owner"}])


def secrets(home: Home, settings: Settings) -> dict[str, str]:
    """The tokens of the pulls that Prefect keeps, encrypted, in Secret blocks called givetake-<owner>-<platform>.

    They are handed on in memory, and are no parameter, result or artifact.
    """
    found = {}
    for platform in settings.pull:
        with suppress(Exception):  # there is no such block, or no server that would know
            block: Any = Secret.load(f"givetake-{home.owner}-{platform}".lower().replace("_", "-"))
            found[platform] = str(block.get())
    return found


def once(
    home: Home,
    settings: Settings,
    as_of: date | None,
    progress: stages.Progress | None,
    say: Callable[[str], None],
    wait: Callable[[], None] = lambda: None,
) -> tuple[dict[str, Any], float]:
    """One night in this process, begun when a server answers (`wait`): its figures, and when it began by `monotonic`.

    Raises what a stage raises; what Prefect raises is told, and the night done without it.
    """
    watch = _Watch(progress)
    token = _watched.set(watch)
    try:
        stages.prepare()
        wait()
        nightly(str(home.root), home.owner, as_of.isoformat() if as_of else "")
    except Exception as failed:
        if watch.failed is not None:
            raise watch.failed from None
        say(f"Prefect — {type(failed).__name__} — the night is done without it; `givetake run --plain` does not ask it at all")
    finally:
        _watched.reset(token)
    begun = watch.begun_at or monotonic()
    return watch.figures or stages.night(home, settings, as_of, progress), begun


def every_night(homes: list[Home], cron: str, timezone: str = "") -> None:
    """Run the nights of these owners by a schedule, one at a time, until stopped. A server must be there.

    `timezone` is an IANA name; "" is each owner's own.
    """
    serve(
        *(
            RunnerDeployment.from_flow(
                nightly, name=home.owner, parameters={"home": str(home.root), "owner": home.owner},
                schedules=[Cron(cron, timezone=timezone or Settings.load(home).timezone, slug="nightly")],
                entrypoint_type=EntrypointType.MODULE_PATH,
            )
            for home in homes
        ),
        pause_on_shutdown=False, print_starting_message=False, limit=1,
    )  # fmt: skip
