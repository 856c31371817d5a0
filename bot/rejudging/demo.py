"""`recount demo rejudge`: re-judging shown on a copy of an example, with the stand-in in the judge's place."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from pydantic import SecretStr

from bot.archives.asking import Asked
from bot.errors import RecountError
from bot.experiment import FILE_NAME
from bot.judging.job import Watch
from bot.judging.patience import Patience
from bot.judging.standin import Behaviour, StandIn
from bot.rejudging.commands import Ended, Wish, rejudge
from bot.settings import Settings

EXAMPLES = {"alignment": Path("eval_results", "issue-164"), "sweep": Path("sweep")}

NOTE = (
    "DEMONSTRATION: the re-judged verdicts in this report come from Recount's stand-in, which draws them from a digest "
    "of the text. No model was asked, and they say nothing about the experiment."
)


class Shown(NamedTuple):
    """The copy that was re-judged, and what came of it."""

    archive: Path
    ended: Ended


def show(kind: str, into: Path, watch: Watch, say: Callable[[str], None]) -> Shown:
    """Copy an example into the folder `into`, start the stand-in on loopback, and re-judge the copy with it.

    Raises RecountError where the examples are not at hand.
    """
    archive = copied(example(kind), into)
    with StandIn(Behaviour(answers=now_and_then)) as stand_in:
        say(f"the judge is a stand-in at {stand_in.url}: no model is asked, nothing is paid")
        settings = Settings(anthropic_api_key=SecretStr("stand-in"), anthropic_base_url=stand_in.url)
        wish = Wish(archive, Asked(cache=False), via="messages", shift=20, patience=Patience(poll=0.1))
        return Shown(archive, rejudge(wish, settings, watch))


def now_and_then(body: dict[str, object]) -> str:
    """A verdict, but for one text in fifteen: the demonstration shows failures that stay failures too."""
    faults = ("refusal", "max_tokens", "no_json")
    number = sum(str(body["messages"]).encode("utf-8", "replace"))
    return faults[number // 15 % 3] if number % 15 == 0 else "verdict"


def example(kind: str) -> Path:
    """The folder of an example, beside the package as in the repository."""
    folder = Path(__file__).resolve().parents[2] / "examples" / EXAMPLES[kind]
    if not folder.is_dir():
        raise RecountError("the examples are not installed with the package", where=str(folder),
                           fix="run the demonstration in a clone of the repository")  # fmt: skip
    return folder


def copied(source: Path, into: Path) -> Path:
    """A fresh copy that says of itself that it is a demonstration."""
    target = into / source.name
    if target.exists():
        shutil.rmtree(target)
    shutil.copytree(source, target)
    declared = target / FILE_NAME
    declared.write_text(labelled(declared.read_text(encoding="utf-8")), encoding="utf-8")
    return target


def labelled(text: str) -> str:
    """A report.yaml whose note on reconstruction starts with ours."""
    block = "reconstruction: >-\n"
    if block in text:
        return text.replace(block, f"{block}  {NOTE}\n", 1)
    return f"{text.rstrip()}\n{block}  {NOTE}\n"
