"""Templates to Markdown: a template prints facts and text made safe, and anything else is an error."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from traceback import extract_tb

from jinja2 import FileSystemLoader, StrictUndefined, TemplateError, Undefined, nodes
from jinja2.compiler import CodeGenerator, Frame
from jinja2.runtime import Context
from jinja2.sandbox import ImmutableSandboxedEnvironment
from markupsafe import Markup
from pydantic import BaseModel

from bot.errors import ReportError
from bot.reports import sanitising
from bot.reports.templates import template_folder
from bot.scoring.facts import Fact, Facts
from bot.scoring.shown import in_words

# Of Jinja's own filters those that choose or order; none that takes a text for safe as it is.
CHOOSING = (
    *("capitalize", "first", "last", "length", "list", "map", "reject", "rejectattr", "reverse", "select"),
    *("selectattr", "sort", "string", "unique"),
)


def only_safe(value: object) -> Markup | Undefined:
    """What a template may print: Markup, which only facts and the sanitising filters make.

    A bare number would be one that no fact stands behind; a bare string could be anybody's.
    """
    if isinstance(value, Markup | Undefined):
        return value
    raise ReportError(
        f"a template tried to print a bare {type(value).__name__}",
        fix="print numbers by fact('…') and text through inline, code, fence or prose",
    )


class Compiler(CodeGenerator):
    """Jinja's own would take a constant for safe before `only_safe` sees it, and what is joined to something safe."""

    def _output_child_to_const(self, node: nodes.Expr, frame: Frame, finalize: CodeGenerator._FinalizeInfo) -> str:
        if not isinstance(node, nodes.TemplateData):
            raise nodes.Impossible
        return super()._output_child_to_const(node, frame, finalize)

    def visit_Concat(self, node: nodes.Concat, frame: Frame) -> None:  # noqa: N802 - the name is Jinja's
        """`a ~ b` by `Sandbox.joined`."""
        self.write("environment.joined((")
        for piece in node.nodes:
            self.visit(piece, frame)
            self.write(", ")
        self.write("))")


class Sandbox(ImmutableSandboxedEnvironment):
    """Where templates run: they read what they are given, and cannot change it or call more than they are given."""

    code_generator_class = Compiler
    intercepted_binops = frozenset({"+", "%", "*"})

    def is_safe_attribute(self, obj: object, attr: str, value: object) -> bool:
        """Of declarations the fields alone: pydantic's models carry methods that read files and run pickles.

        Of what is safe to print nothing: its methods make other texts that would count as safe.
        """
        if isinstance(obj, BaseModel):
            return attr in type(obj).model_fields
        return not isinstance(obj, Markup) and super().is_safe_attribute(obj, attr, value)

    def wrap_str_format(self, value: object) -> Callable[..., str] | None:
        """Jinja lets `str.format` through by another door; of what is safe to print it is one of those methods."""
        if isinstance(getattr(value, "__self__", None), Markup):
            return None
        return super().wrap_str_format(value)

    def call_binop(self, context: Context, operator: str, left: object, right: object) -> object:
        """Sums and formats; nothing bare joins what is safe."""
        if isinstance(left, Markup) or isinstance(right, Markup):
            return self.joined((left, right))
        return super().call_binop(context, operator, left, right)

    def joined(self, pieces: Sequence[object]) -> str:
        """Texts joined: all of them safe, or none."""
        if any(isinstance(piece, Markup) for piece in pieces):
            return Markup("".join(str(only_safe(piece)) for piece in pieces))
        return "".join(str(piece) for piece in pieces)


@lru_cache(maxsize=4)
def environment(folder: Path) -> Sandbox:
    """The sandbox for the templates in `folder`, which may be a team's own; those it lacks are Recount's."""
    env = Sandbox(
        loader=FileSystemLoader([folder, template_folder()]),
        undefined=StrictUndefined,
        autoescape=True,
        finalize=only_safe,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    env.globals.clear()
    env.filters = {name: env.filters[name] for name in CHOOSING}
    env.filters.update(
        inline=sanitising.inline, html=sanitising.html, code=sanitising.code, fence=sanitising.fence,
        prose=sanitising.prose, sentence=sanitising.sentence,
    )  # fmt: skip
    return env


class Page:
    """One rendering: the facts it may print, and a record of those that it did."""

    def __init__(self, facts: Facts) -> None:
        self.facts = facts
        self.used: dict[str, Fact] = {}

    def look_up(self, name: str) -> Fact:
        """The fact called `name`; raises ReportError where there is none."""
        if name not in self.facts:
            raise ReportError(f"no fact is called {name!r}", fix="facts.json of the bundle lists those that are there")
        return self.used.setdefault(name, self.facts[name])

    def fact(self, name: str) -> Markup:
        """A fact as it is shown."""
        return Markup(self.look_up(name).shown)

    def words(self, name: str) -> Markup:
        """A count in words, for the beginning of a sentence and for small numbers."""
        value = self.look_up(name).value
        if not isinstance(value, int):
            raise ReportError(f"the fact {name!r} is no count", fix="print it by fact('…')")
        return Markup(in_words(value))


def render(template: str, page: Page, context: Mapping[str, object], folder: Path | None = None) -> str:
    """Markdown from `template` (its path below the templates' folder); raises ReportError naming the template."""
    env = environment(folder or template_folder())
    try:
        return env.get_template(template).render(fact=page.fact, words=page.words, **context)
    except ReportError as error:
        raise ReportError(error.what, where=error.where or place_of(error, template), fix=error.fix) from error
    except (TemplateError, ArithmeticError, AttributeError, LookupError, TypeError, ValueError) as error:
        raise ReportError(
            f"the template cannot be rendered: {error}",
            where=place_of(error, template),
            fix="mend the template, or leave --templates out",
        ) from error


def place_of(error: Exception, template: str) -> str:
    """The template and line that an error comes from."""
    line = getattr(error, "lineno", None)
    if line is not None:
        return f"{getattr(error, 'name', None) or template}, line {line}"
    frames = [frame for frame in extract_tb(error.__traceback__) if frame.filename.endswith(".j2")]
    return f"{Path(frames[-1].filename).name}, line {frames[-1].lineno}" if frames else template
