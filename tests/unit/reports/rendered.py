"""What GitHub would show of a Markdown text, before anything is sanitised: tests look for what got through."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import comrak

from bot.reports.sanitising import JOINER

EXTENSIONS = (
    "alerts", "autolink", "footnotes", "math_code", "math_dollars", "shortcodes", "strikethrough", "table", "tasklist",
)  # fmt: skip
LIVE = re.compile(r"(?i)@[a-z0-9]|(?<![a-z0-9&])(?:#|gh-)\d|://|www\.|:[\w+-]+:")


class Rendered(HTMLParser):
    """The elements, attributes and texts of a page; `free` is the text outside of code."""

    def __init__(self, markdown: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.code = 0
        self.attributes: list[str] = []
        self.text = ""
        self.free = ""
        self.html = comrak.render_markdown(markdown, extension_options=extensions(), render_options=as_written())
        # A comment, a declaration and a processing instruction all begin so; no text that was made harmless does.
        assert "<!" not in self.html
        assert "<?" not in self.html
        self.feed(self.html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.code += tag == "code"
        self.attributes += [name for name, _ in attrs]

    def handle_endtag(self, tag: str) -> None:
        self.code -= tag == "code"

    def handle_data(self, data: str) -> None:
        self.text += data
        self.free += data if not self.code else " "

    @property
    def words(self) -> str:
        """The text as one line, without the invisible joiners."""
        return " ".join(self.text.replace(JOINER, "").split())

    def without(self, *tags: str) -> list[str]:
        """The elements but for `tags`."""
        return [tag for tag in self.tags if tag not in tags]


def extensions() -> comrak.ExtensionOptions:
    options = comrak.ExtensionOptions()
    for name in EXTENSIONS:
        setattr(options, name, True)
    return options


def as_written() -> comrak.RenderOptions:
    options = comrak.RenderOptions()
    options.unsafe_ = True
    return options
