"""The jobs of one event, each by its name, or all of them one after the other."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from bot.acting.building import REREADS, build, rejudge
from bot.acting.desk import CONFUSED, SEEN, SETUP, Desk, desk_of, move_card, react, write_outputs, write_summary
from bot.acting.progress import BUILDING, PUBLISHING, show_progress
from bot.acting.publishing import publish
from bot.errors import RecountError, TrackerError
from bot.tracker.events import CalledEvent, Event, LabelEvent, called_event, read_event
from bot.tracker.gate import Plan, decide, from_line, to_line, with_records
from bot.tracker.posted import posted_texts, write_posted
from bot.tracker.publishing import say_once

if TYPE_CHECKING:
    from bot.settings import Settings

JOBS = ("gate", "answer", "read", "rejudge", "build", "publish")


@dataclass(frozen=True, slots=True)
class Where:
    """A job's folders: `root` is the default branch's checkout, `results` that of the results, `out` for bundles."""

    root: Path
    results: Path
    out: Path


def act(job: str | None, settings: Settings, where: Where, say: Callable[[str], None]) -> None:
    """Do one job, or all of them; raises RecountError where it cannot be done."""
    if job in ("rejudge", "build"):
        plan = plan_of(settings)
        step = rejudge if job == "rejudge" else build
        step(plan, settings, where.root, where.results, where.out, say)
        return
    desk = desk_of(settings, where.root, say)
    if job is None:
        act_alone(desk, where, say)
    elif job == "gate":
        gate(desk)
    elif job == "answer":
        answer(desk, plan_of(settings))
    elif job == "read":
        read(desk, plan_of(settings), where.out)
    else:
        write_summary(settings, publish(desk, plan_of(settings), where.out))


def act_alone(desk: Desk, where: Where, say: Callable[[str], None]) -> None:
    """All jobs in one, in the current checkout."""
    plan = gate(desk)
    if plan is None:
        return
    answer(desk, plan)
    if plan.builds:
        read(desk, plan, where.out)
        rejudge(plan, desk.settings, where.root, where.results, where.out, say)
        build(plan, desk.settings, where.root, where.results, where.out, say)
        show_progress(desk, plan, PUBLISHING)
    if plan.publishes:
        write_summary(desk.settings, publish(desk, plan, where.out))


def read(desk: Desk, plan: Plan, out: Path) -> None:
    """What `/review` and `/promote` count again, as posted, for the build, which has no token; else nothing."""
    for wanted in plan.wanted if plan.command in REREADS else ():
        if wanted.issue is not None:
            write_posted(posted_texts(desk.tracker, wanted.issue), out)


def plan_of(settings: Settings) -> Plan:
    """The plan that the gate made, as the workflow hands it on."""
    if not settings.plan:
        raise TrackerError("RECOUNT_PLAN must be set", where="environment", fix=SETUP)
    return from_line(settings.plan)


def gate(desk: Desk) -> Plan | None:
    """Read the event and say what is to be done; it posts nothing (a labelled issue's card is moved at once)."""
    settings = desk.settings
    if settings.github_event_path is None or settings.github_event_name is None:
        raise TrackerError("GITHUB_EVENT_PATH and GITHUB_EVENT_NAME must be set", where="environment", fix=SETUP)
    event: Event | None = called(settings)
    event = event or read_event(settings.github_event_name, settings.github_event_path)
    if isinstance(event, LabelEvent):
        move_card(desk, event.issue, event.labels)
        return None
    plan = decide(event, desk.repository, desk.tracker, desk.root)
    outputs = {"plan": "", "answers": "false", "builds": "false", "publishes": "false", "ref": ""}
    if plan is not None and plan.builds and plan.command not in REREADS:
        plan = with_records(plan, desk.repository, desk.root, desk.say)
    if plan is not None:
        desk.say(f"{plan.command}: issue {plan.issue or ', '.join(str(w.issue) for w in plan.wanted)}")
        outputs = {
            "plan": to_line(plan), "answers": flag(plan.answers), "builds": flag(plan.builds),
            "publishes": flag(plan.publishes), "ref": plan.ref or "",
        }  # fmt: skip
    write_outputs(settings, outputs)
    return plan


def called(settings: Settings) -> CalledEvent | None:
    """What a calling workflow asks for: its event is another's, so its inputs come through the environment."""
    inputs = {"path": settings.wanted_path, "issue": settings.wanted_issue, "ref": settings.wanted_ref}
    return called_event({"inputs": inputs}) if settings.wanted_path or settings.wanted_issue else None


def flag(value: bool) -> str:
    """As workflows compare it."""
    return "true" if value else "false"


def answer(desk: Desk, plan: Plan) -> None:
    """Acknowledge a command, or reply to one that is wrong or forbidden; each reply once."""
    if plan.reply is None or plan.reply_kind is None or plan.issue is None:
        react(desk, plan, SEEN)
        show_progress(desk, plan, BUILDING)
        return
    say_once(desk.place(plan.issue), plan.reply_kind, plan.reply)
    if plan.reply_kind != "help":
        react(desk, plan, CONFUSED)


__all__ = ["JOBS", "RecountError", "Where", "act"]
