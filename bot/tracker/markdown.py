"""A body as GitHub shows it: its Markdown, and of its HTML only what GitHub lets through.

Comments are hostile. The Markdown is rendered with raw HTML in it, and what comes out is parsed as a browser would
parse it and written anew from an allowlist (nh3), so nothing depends on how the Markdown was understood.
"""

from __future__ import annotations

import re
from functools import partial

import comrak
import nh3

_EXTENSIONS = ("alerts", "autolink", "footnotes", "shortcodes", "strikethrough", "table", "tagfilter", "tasklist")
_RENDERING = ("gfm_quirks", "hardbreaks", "tasklist_classes", "unsafe_")

# From https://github.com/gjtorikian/html-pipeline (sanitization_filter), which tells GitHub's own list; less what
# loads or moves something.
_TAGS = {
    *("h1", "h2", "h3", "h4", "h5", "h6", "p", "div", "blockquote", "pre", "hr", "br", "wbr", "section"),
    *("b", "i", "strong", "em", "a", "code", "img", "tt", "ins", "del", "sup", "sub", "s", "strike", "mark", "small"),
    *("kbd", "q", "samp", "var", "abbr", "cite", "dfn", "span", "time", "ruby", "rt", "rp", "ol", "ul", "li", "dl"),
    *("dt", "dd", "table", "thead", "tbody", "tfoot", "tr", "td", "th", "caption", "figure", "figcaption"),
    *("details", "summary"),
}
_ATTRIBUTES = {
    "*": {"align", "dir", "id", "lang", "title"},
    "a": {"aria-label", "data-footnote-backref", "data-footnote-ref", "href"},
    "details": {"open"},
    "img": {"alt", "height", "src", "width"},
    "li": {"value"},
    "ol": {"reversed", "start", "type"},
    "section": {"data-footnotes"},
    "td": {"colspan", "rowspan"},
    "th": {"colspan", "rowspan", "scope"},
    "time": {"datetime"},
}
ALERTS = ("note", "tip", "important", "warning", "caution")
_CLASSES = {
    "a": {"footnote-backref"},
    "div": {"markdown-alert", *(f"markdown-alert-{kind}" for kind in ALERTS)},
    "li": {"task-list-item"},
    "p": {"markdown-alert-title"},
    "section": {"footnotes"},
    "span": {"task-open", "task-done"},
    "sup": {"footnote-ref"},
    "ul": {"contains-task-list"},
}
# The boxes of task lists pass the sanitiser as spans, since no input of any kind is let through.
_BOXES = {
    '<span class="task-open"></span>': '<input type="checkbox" class="task-list-item-checkbox" disabled=""',
    '<span class="task-done"></span>': '<input type="checkbox" class="task-list-item-checkbox" checked="" disabled=""',
}

_WEB = re.compile(r"(?:https?://|mailto:)[^\s\\]+", re.IGNORECASE)
# No scheme, no host (a browser may read `//host` and `\\host` beside file: as another machine), no control character.
_BESIDE = re.compile(r"(?![a-z][a-z0-9+.-]*:)[^/\\\s\x00-\x1f][^\\\x00-\x1f]*", re.IGNORECASE)
_PAGE_ANCHOR = re.compile(r"#issue(?:comment)?-\d+")


def render_markdown(text: str, *, scope: str) -> str:
    """Render `text` to harmless HTML. `scope` is put before its ids, so that two bodies on a page cannot clash.

    Images show only where their address is relative: nothing is ever loaded from another place.
    """
    rendered = comrak.render_markdown(text, extension_options=_extensions(), render_options=_rendering())
    for span, box in _BOXES.items():
        rendered = rendered.replace(box + " />", span)
    clean = _cleaner(scope).clean(rendered)
    for span, box in _BOXES.items():
        clean = clean.replace(span, box + ">")
    return clean


def _extensions() -> comrak.ExtensionOptions:
    options = comrak.ExtensionOptions()
    for name in _EXTENSIONS:
        setattr(options, name, True)
    return options


def _rendering() -> comrak.RenderOptions:
    options = comrak.RenderOptions()
    for name in _RENDERING:
        setattr(options, name, True)
    return options


def _cleaner(scope: str) -> nh3.Cleaner:
    return nh3.Cleaner(
        tags=_TAGS,
        clean_content_tags={"script", "style"},
        attributes=_ATTRIBUTES,
        allowed_classes=_CLASSES,
        url_schemes={"http", "https", "mailto"},
        attribute_filter=partial(_filter_attribute, f"user-content-{scope}-"),
        link_rel="noopener noreferrer nofollow",
    )


def _filter_attribute(prefix: str, _tag: str, attribute: str, value: str) -> str | None:
    if attribute == "id":
        return prefix + value
    if attribute == "src":
        return value if _BESIDE.fullmatch(value) else None
    if attribute == "href":
        return _filter_link(prefix, value)
    return value


def _filter_link(prefix: str, value: str) -> str | None:
    if value.startswith("#") and not _PAGE_ANCHOR.fullmatch(value):
        return f"#{prefix}{value[1:]}"
    return value if _WEB.fullmatch(value) or _BESIDE.fullmatch(value) else None
