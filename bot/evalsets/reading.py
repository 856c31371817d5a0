"""An eval set from a file or an archive, whatever shape it has. What cannot be read is listed and stops nothing."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

from pydantic import ValidationError

from bot.archives import files
from bot.archives.decoding import ANYTHING, CannotDecode, decode, kind_of
from bot.archives.files import CannotRead
from bot.archives.records import AlignmentArchive, Unreadable
from bot.errors import EvalSetError
from bot.evalsets import inspect_format, published
from bot.evalsets.items import ITEM, FreeItem, Header, Item

SHAPES = "Recount's own JSONL, a published model-written eval, an Inspect dataset, a JSON list of questions, an archive"
MOST_LISTED = 1_000


@dataclass(frozen=True, slots=True)
class EvalSet:
    """A set as read. `shape` names the format; `digest_holds` is None where no header states a digest.

    `unreadable` lists what was left out (path with the line, and the reason); `items` are in the file's order.
    """

    name: str
    shape: str
    items: tuple[Item, ...]
    header: Header | None = None
    unreadable: tuple[Unreadable, ...] = ()
    digest_holds: bool | None = None
    archive: AlignmentArchive | None = field(default=None, compare=False)

    def item(self, item_id: str) -> Item | None:
        """The item of that id."""
        return next((item for item in self.items if item.id == item_id), None)


class Line(NamedTuple):
    """One value of a file: where it stands (line, or place in a list), and the value."""

    number: int
    value: object


def read_set(path: Path) -> EvalSet:
    """Read the set at `path`: a file, or the folder of an alignment archive, whose panel is the set.

    Raises EvalSetError where there is nothing to read, or not a single item in it.
    """
    if path.is_dir():
        return _of_archive(path)
    try:
        data = files.read(path.resolve())
    except CannotRead as refusal:
        raise EvalSetError(f"cannot be read: {refusal}", where=str(path), fix=f"give one of: {SHAPES}") from None
    found = parse_set(data, path.name)
    if not found.items:
        raise _nothing_in(found, path)
    return found


def _nothing_in(found: EvalSet, path: Path) -> EvalSetError:
    why = "; ".join(f"{u.path}: {u.reason}" for u in found.unreadable[:3])
    return EvalSetError(
        f"no item in this file{f' ({why})' if why else ''}", where=str(path), fix=f"give one of: {SHAPES}"
    )


def parse_set(data: bytes, file_name: str) -> EvalSet:
    """The set in these bytes; never raises for what is in them."""
    intake = _Intake(file_name)
    for line in lines_of(data, intake.refuse):
        intake.take(line)
    return intake.done(data)


def lines_of(data: bytes, refuse: Any) -> Iterator[Line]:
    """The values of JSONL, or of one JSON list (also under the key `samples`); what is no JSON goes to `refuse`."""
    if data.lstrip().startswith(b"[") and (values := _whole(data)) is not None:
        yield from (Line(number, value) for number, value in enumerate(values, start=1))
        return
    for number, line in enumerate(data.removeprefix(b"\xef\xbb\xbf").splitlines(), start=1):
        if line.strip():
            try:
                yield Line(number, decode(line, ANYTHING, lambda value: value))
            except CannotDecode as error:
                refuse(number, str(error))


def _whole(data: bytes) -> list[object] | None:
    try:
        value = decode(data, ANYTHING, lambda value: value)
    except CannotDecode:
        return None
    return value if isinstance(value, list) else None


class _Intake:
    """Takes in one value after the other."""

    def __init__(self, file_name: str) -> None:
        self.file_name = file_name
        self.name = file_name.rpartition("/")[2].rpartition(".")[0] or file_name
        self.items: list[Item] = []
        self.ids: set[str] = set()
        self.shapes: Counter[str] = Counter()
        self.unreadable: list[Unreadable] = []
        self.header: Header | None = None

    def refuse(self, number: int, reason: str) -> None:
        """List a line that cannot be used."""
        self.unreadable.append(Unreadable(f"{self.file_name}:{number}", reason))

    def take(self, line: Line) -> None:
        """An item, the header, or a refusal."""
        try:
            self._take(line)
        except ValidationError as error:
            self.refuse(line.number, reasons_in(error))
        except ValueError as error:
            self.refuse(line.number, str(error))
        except (OverflowError, RecursionError):
            self.refuse(line.number, "a number out of any range, or values nested too deeply")

    def _take(self, line: Line) -> None:
        value = _clean(line.value)
        if isinstance(value, Mapping) and value.get("kind") == "header":
            self._take_header(value, line.number)
            return
        shape, item = item_of(value, line.number)
        if item.id in self.ids:
            raise ValueError(f"the id {item.id!r} is taken by an earlier item")
        self.ids.add(item.id)
        self.shapes[shape] += 1
        self.items.append(item)

    def _take_header(self, value: Mapping[str, Any], number: int) -> None:
        if self.header is not None or self.items:
            raise ValueError("a header that is not the first line")
        self.header = Header.model_validate(value)
        if number != 1:
            self.refuse(number, "the header is not the first line, so its digest cannot be checked")

    def done(self, data: bytes) -> EvalSet:
        """The set, with its digest checked."""
        listed = self.unreadable[:MOST_LISTED]
        if more := len(self.unreadable) - MOST_LISTED:
            listed += [Unreadable(self.file_name, f"and {more} more lines")] if more > 0 else []
        shape = " and ".join(name for name, _ in self.shapes.most_common()) or "unknown"
        name = self.header.name if self.header else self.name
        holds = digest_holds(self.header, data)
        return EvalSet(name, shape, tuple(self.items), self.header, tuple(listed), holds)


def digest_holds(header: Header | None, data: bytes) -> bool | None:
    """Whether the bytes after the first line have the digest that the header states; None where it states none."""
    if header is None or header.digest is None:
        return None
    return digest_of(data.partition(b"\n")[2]) == header.digest


def digest_of(body: bytes) -> str:
    """SHA-256 of a set's bytes after the header's line, in hexadecimal."""
    return hashlib.sha256(body).hexdigest()


def item_of(value: object, number: int) -> tuple[str, Item]:
    """Shape and item of one value. Raises ValueError or ValidationError with what is wrong with it."""
    if isinstance(value, str):
        return "list of questions", FreeItem(id=f"question-{number}", question=value)
    if not isinstance(value, dict):
        raise ValueError(f"{kind_of(value)} where an item belongs")
    if "kind" in value:
        return "Recount's own", ITEM.validate_python(value)
    if published.recognises(value):
        return "published model-written eval", published.item_of(value, number)
    if "input" in value:
        return "Inspect dataset", inspect_format.item_of(value, number)
    if isinstance(value.get("question"), str):
        return "list of questions", FreeItem(id=f"question-{number}", question=value["question"])
    raise ValueError(f"an object of no known shape (keys: {_few(value)})")


def _few(value: Mapping[str, object]) -> str:
    keys = [repr(str(key)[:30]) for key in list(value)[:6]]
    return ", ".join(keys) + (", …" if len(value) > 6 else "")


def _clean(value: Any) -> Any:
    """A value without lone surrogates, which no file can be written with."""
    if isinstance(value, str):
        return value if value.isascii() else value.encode("utf-8", "replace").decode("utf-8")
    if isinstance(value, list):
        return [_clean(each) for each in value]
    if isinstance(value, dict):
        return {_clean(key): _clean(each) for key, each in value.items()}
    return value


def reasons_in(error: ValidationError) -> str:
    """What is wrong with an item, in one line: the first three faults with their places."""
    faults = error.errors(include_url=False, include_input=False)
    told = [_fault(fault["loc"], fault["msg"]) for fault in faults[:3]]
    return "; ".join(told) + (f"; and {len(faults) - 3} more" if len(faults) > 3 else "")


def _fault(place: Sequence[str | int], message: str) -> str:
    where = ".".join(str(part) for part in place if str(part) not in ("mcq", "free_form", "function-after"))
    return f"{where}: {message}" if where else message


# --- panels inside archives -----------------------------------------------------------------------------------------


def _of_archive(folder: Path) -> EvalSet:
    from bot.archives.catalogue import open_archive

    archive = open_archive(folder)
    questions = panel_of(archive)
    if not questions:
        raise EvalSetError("this archive names no question", where=str(folder), fix="its files hold totals only")
    items = tuple(FreeItem(id=f"question-{n}", question=q) for n, q in enumerate(questions, start=1) if q.strip())
    return EvalSet(archive.name, "panel of an archive", items, unreadable=archive.unreadable, archive=archive)


def panel_of(archive: AlignmentArchive) -> list[str]:
    """The questions of an archive, each once, in the order of its files."""
    return list(dict.fromkeys(question for cell in archive.cells for question in asked_in(cell)))


def asked_in(cell: Any) -> Iterable[str]:
    """The questions of one cell of an archive, as often as it has a sample or a line of its summary for them."""
    if cell.samples:
        return (sample.question for sample in cell.samples)
    return (question.question for question in cell.summary.questions) if cell.summary else ()
