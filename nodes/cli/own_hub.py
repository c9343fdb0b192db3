"""Shared by `demo` and `simulate`: options of a run, a hub of its own, printing the result."""

import argparse
import shlex
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from decimal import Decimal, InvalidOperation
from importlib.metadata import version
from pathlib import Path
from typing import cast

from nodes import hub_process as hubs
from nodes.cli import INTERRUPTED
from nodes.cli.common import DONE, REFUSED, UsageError, print_json
from nodes.client import Client
from nodes.comparison_table import as_json, counted, table
from nodes.faults.injection import Powers
from nodes.meeting import SharedMeeting
from nodes.parts import MOST_PARTS, WHOLE, Part, run_name
from nodes.planner import Plan, plan
from nodes.progress import Progress
from nodes.recording import Recorder, check_recordable
from nodes.report_page import report_page
from nodes.run_progress import RunProgress
from nodes.sandbox import sign_in_path
from nodes.scenario import Scenario, with_old_doors
from nodes.scenario_reader import with_faults
from nodes.simulation import Outcome, simulate
from nodes.stage import CONNECTIONS, Stage
from nodes.systems.catalogue import planned_systems
from nodes.traffic import Traffic
from nodes.workers import Place, ProvincePlace, simulate_with_workers


def add_run(command: argparse.ArgumentParser) -> None:
    """Add the options of any run."""
    command.add_argument(
        "--scale",
        type=_scale,
        help="0.001 to 1, part of the scenario's volume (what the scenario says)",
    )
    command.add_argument("--seed", type=int, default=1, help="the same seed gives the same run (%(default)s)")
    command.add_argument(
        "--old-doors",
        type=int,
        metavar="N",
        help="have the first N localities speak the real axis's protocol (as the scenario says)",
    )
    command.add_argument(
        "--fault",
        action="append",
        default=[],
        metavar="NAME",
        help="inject this fault once more than the scenario says (see: nodes faults list); may be repeated",
    )
    command.add_argument("--report", type=Path, metavar="FILE.html", help="write the report as a page, too")
    command.add_argument(
        "--record", type=Path, metavar="FILE", help="write a record of the run, for `nodes replay`"
    )
    command.add_argument(
        "--workers",
        type=_workers,
        default=1,
        metavar="N",
        help="carry it out in N processes, each with its part of the agencies (%(default)s)",
    )
    command.add_argument(
        "--connections", type=int, default=CONNECTIONS, help="requests under way at once (%(default)s)"
    )


def add_own_hub(command: argparse.ArgumentParser) -> None:
    """Add the options of a run on a hub of its own."""
    command.add_argument(
        "--directory", type=Path, help="new directory for the hub's store, kept afterwards (a temporary one)"
    )
    command.add_argument(
        "--database",
        metavar="URL",
        help="database for the hub's store, empty, as postgresql+psycopg://… (SQLite's in the directory)",
    )
    command.add_argument(
        "--province-database", metavar="URL", help="the same for the second hub of a scenario that has one"
    )
    command.add_argument("--stay", action="store_true", help="keep the hub running afterwards, until Ctrl-C")


def planned(scenario: Scenario, arguments: argparse.Namespace) -> Plan:
    """Plan the run that the options of `add_run` describe; raises `ScenarioInvalid`."""
    if arguments.old_doors is not None:
        scenario = with_old_doors(scenario, arguments.old_doors)
    if arguments.fault:
        scenario = with_faults(scenario, arguments.fault)
    scale = scenario.scale if arguments.scale is None else arguments.scale
    run_plan = plan(scenario, scale, arguments.seed)
    planned_systems(run_plan)  # a scale that gives no whole numbers is refused before anything starts
    return run_plan


def on_own_hub(plan: Plan, arguments: argparse.Namespace) -> int:
    """Run a plan on a hub of its own, print the result, and return the exit code."""
    with directory_of(arguments.directory) as directory, hubs.running(directory, arguments.database) as hub:
        note(arguments, f"A hub of our own is ready at {hub.url}.")
        auditor_token = ""

        def auditor() -> Client:
            nonlocal auditor_token
            auditor_token = auditor_token or hubs.command(hub, "token", "create", "--auditor", "demo")
            return Client(hub.url, auditor_token)

        with (
            Client(hub.sandbox_url, hub.sandbox_token()) as sandbox,
            _powers(hub, plan) as powers,
            progress_of(plan, sandbox) as progress,
        ):
            outcome = carried_out(
                plan,
                Stage(hub.url, sandbox, powers, arguments.connections, registers=registers_of(arguments)),
                Place(hub.sandbox_url, hub.sandbox_token_file),
                arguments,
                auditor=auditor,
                progress=progress,
            )
        show(
            outcome,
            arguments,
            hub={"url": hub.url, "directory": str(directory), "token": auditor_token},
        )
        if not arguments.json:
            further = _look_further(plan, hub, auditor_token, arguments)
            if arguments.stay:  # made before anything is told: who reads it may end the run at once
                further = f"{address_to_open(hub, auditor_token)}{further}"
            print(further)
            sys.stdout.flush()
        if arguments.stay:
            wait_for_interrupt(hub)
    return code_of(outcome)


def carried_out(
    plan: Plan,
    stage: Stage,
    place: Place,
    arguments: argparse.Namespace,
    *,
    auditor: Callable[[], Client],
    progress: Callable[[Traffic, date], None],
    province: ProvincePlace | None = None,
) -> Outcome:
    """Carry a plan out in this process, in several of this machine, or a part of it, as the options say."""
    recorder = recorder_for(plan, arguments)
    if arguments.workers > 1:
        return simulate_with_workers(
            plan,
            stage,
            place,
            province=province,
            workers=arguments.workers,
            auditor=auditor,
            recorder=recorder,
            progress=progress,
        )
    part: Part | None = getattr(arguments, "part", None)  # `demo` has none
    if part is None or part.of == 1:
        return simulate(plan, stage, auditor=auditor, recorder=recorder, progress=progress)
    name = run_name(plan, part.of)
    with place.client() as meeting_at:
        return simulate(
            plan,
            stage,
            auditor=auditor,
            meet=lambda tell: SharedMeeting(meeting_at, name, part, tell, token=place.token),
            recorder=recorder,
            progress=progress,
        )


def registers_of(arguments: argparse.Namespace) -> Path | None:
    """Return the folder for the registers of systems, where one is named; `demo` has no such option."""
    return cast("Path | None", getattr(arguments, "registers", None))


def code_of(outcome: Outcome) -> int:
    """Say with which code a run ends."""
    if outcome.traffic.is_interrupted and not outcome.traffic.interruption:
        return INTERRUPTED
    return DONE if outcome.met and not outcome.traffic.is_interrupted else REFUSED


def recorder_for(plan: Plan, arguments: argparse.Namespace) -> Recorder | None:
    """Return what notes the run where a record is wanted; raises `ScenarioInvalid` for one that cannot be."""
    if arguments.record is None:
        return None
    check_recordable(plan)
    arguments.recorder = Recorder()
    return cast("Recorder", arguments.recorder)


@contextmanager
def _powers(hub: hubs.Hub, plan: Plan) -> Iterator[Powers]:
    """Give the faults of a plan what they need."""
    if not any(each.fault.needs == "operator" for each in plan.faults):
        yield Powers(process=hub)
        return
    with Client(hub.url, hubs.command(hub, "token", "create", "--operator", "faults")) as operator:
        yield Powers(operator, hub)


@contextmanager
def progress_of(plan: Plan, sandbox: Client | None) -> Iterator[Callable[[Traffic, date], None]]:
    """Show progress by documents on standard error while the context is open, and tell a sandbox of it."""
    progress = Progress(len(plan.documents), sys.stderr)
    told = None if sandbox is None else RunProgress(plan, sandbox)

    def tell(traffic: Traffic, day: date) -> None:
        _, documents, statuses = traffic.days[-1]
        progress.show(documents, f"documents · {day} · {statuses:,} statuses")
        if told is not None:
            told.tell(day, documents)

    try:
        yield tell
    finally:
        progress.close()
        if told is not None:
            told.end()


def show(outcome: Outcome, arguments: argparse.Namespace, hub: dict[str, str]) -> None:
    """Print the result of a run, and write report and record where they are wanted."""
    _write_files(outcome, arguments)
    traffic, plan = outcome.traffic, outcome.plan
    if arguments.json:
        value = as_json(plan, outcome.result, traffic, outcome.systems)
        timings = [timing._asdict() for timing in traffic.timings.summary()]
        versions = {"nodes": version("axis-exchange"), "hub": outcome.hub_version}
        measured = {
            "seconds": round(outcome.seconds, 3),
            "timings": timings,
            "versions": versions,
            "hub": hub,
            "interruption": traffic.interruption,
        }
        print_json(value | {"command": _again(plan, arguments), "measured": measured})
        return
    print()
    if traffic.interruption:
        print(f"The run ended early: {traffic.interruption}.")
    print(table(plan, outcome.result, outcome.systems))
    print(
        f"{counted(traffic.documents, 'document')}, {counted(traffic.deliveries, 'delivery')} and "
        f"{counted(traffic.statuses, 'status')} in {outcome.seconds:.1f} s."
    )
    if traffic.statuses_refused:
        print(
            f"{traffic.statuses_refused:,} statuses were refused: somebody else answers for these agencies."
        )


def _write_files(outcome: Outcome, arguments: argparse.Namespace) -> None:
    try:
        if arguments.report is not None:
            page = report_page(
                outcome,
                command=_again(outcome.plan, arguments),
                nodes_version=version("axis-exchange"),
            )
            arguments.report.write_text(page, encoding="utf-8")
        if arguments.record is not None and arguments.recorder.missing:
            lost = ", ".join(arguments.recorder.missing)
            print(f"nodes: no record was written: that of part {lost} is lost", file=sys.stderr)
        elif arguments.record is not None:
            part = getattr(arguments, "part", None) or WHOLE
            arguments.recorder.write(arguments.record, outcome.plan, outcome.result, part)
    except OSError as error:
        raise UsageError(f"{error.filename}: {error.strerror}") from error


def _again(plan: Plan, arguments: argparse.Namespace) -> str:
    """Return the command that makes the same run on a hub of its own."""
    words = [*shlex.split(_own_command(arguments)), "--scale", str(plan.scale), "--seed", str(plan.seed)]
    if arguments.old_doors is not None:
        words += ["--old-doors", str(arguments.old_doors)]
    for name in arguments.fault:
        words += ["--fault", name]
    return shlex.join(words)


def _look_further(plan: Plan, hub: hubs.Hub, token: str, arguments: argparse.Namespace) -> str:
    office = plan.scenario.government_office.rpartition(".")[2]
    period = f"from={plan.scenario.first}&to={plan.scenario.last}"
    curl = (
        f"curl -H 'Authorization: Bearer {token}' \\\n"
        f"  '{hub.url}/v1/statistics/signatures?by=agency&recipient={office}&{period}'"
    )
    if arguments.stay:
        return f"\nThe hub stays at {hub.url} until Ctrl-C (API: {hub.url}/docs). As its auditor:\n\n{curl}\n"
    if arguments.directory:
        store, port = f"AXIS_DATABASE_URL={hubs.store_url(arguments.directory)}", hub.url.rpartition(":")[2]
        if arguments.database:  # its URL may hold a password
            kept = (f"{setting}={hub.environment[setting]}" for setting in hubs.KEPT)
            store = " ".join(("AXIS_DATABASE_URL=…", *kept))
        return (
            f"\nThe hub stops now; its store stays in {arguments.directory}. To look further:\n\n"
            f"{store} axis serve --port {port}\n{curl}\n"
        )
    return f"\nThe hub stops now. To look further, keep it running: {_again(plan, arguments)} --stay\n"


def address_to_open(hub: hubs.Hub, token: str) -> str:
    """Return lines with an address that opens the hub's pages as the run's auditor."""
    with Client(hub.sandbox_url, hub.sandbox_token()) as sandbox:
        path = sign_in_path(sandbox, token)
    told = "The hub's pages, signed in as its auditor; on this machine, once, within a minute:"
    return f"\n{told}\n\n{hub.url}{path}\n"


def _own_command(arguments: argparse.Namespace) -> str:
    """Return the command that was given, without its options."""
    scenario = getattr(arguments, "scenario", None)  # `demo` has only one
    return "nodes demo" if scenario is None else f"nodes simulate {shlex.quote(scenario)}"


def wait_for_interrupt(hub: hubs.Hub) -> None:
    """Stay until Ctrl-C, or until the hub ends by itself."""
    try:
        while hub.process.poll() is None:
            time.sleep(0.5)
    except KeyboardInterrupt:
        print("stopping the hub", file=sys.stderr)


@contextmanager
def directory_of(chosen: Path | None) -> Iterator[Path]:
    """Give the directory of a run: the chosen one, new or empty, or a temporary one."""
    if chosen is None:
        with tempfile.TemporaryDirectory(prefix="axis-demo-") as directory:
            yield Path(directory)
        return
    if chosen.exists() and (not chosen.is_dir() or any(chosen.iterdir())):
        raise UsageError(f"{chosen}: must be new or empty, a run begins with nothing")
    yield chosen


def note(arguments: argparse.Namespace, text: str) -> None:
    """Tell people something on standard error."""
    if not arguments.json:
        print(text, file=sys.stderr)


def _workers(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= MOST_PARTS:
        raise argparse.ArgumentTypeError(f"{text!r} is no number from 1 to {MOST_PARTS}")
    return int(text)


def _scale(text: str) -> Decimal:
    try:
        return Decimal(text)
    except InvalidOperation as error:
        raise argparse.ArgumentTypeError(f"{text!r} is no number") from error
