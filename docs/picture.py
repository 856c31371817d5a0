#!/usr/bin/env python3
"""Take the README's picture: the first screen of the example's report, as the local tracker's page shows it.

  python docs/picture.py [--page FILE] [--out docs/images/report.png]

Needs the development tools and a Chromium. Without `--page` the example is reported into a temporary folder first. The
bytes depend on the browser and its fonts, so no test compares them; take it again when the page has changed.
"""

from __future__ import annotations

import argparse
import io
import shutil
import sys
import tempfile
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page, sync_playwright

ROOT = Path(__file__).resolve().parents[1]
EXAMPLE = ROOT / "examples" / "eval_results" / "issue-164"
PICTURE = ROOT / "docs" / "images" / "report.png"
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
ARGUMENTS = ("--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--disable-background-networking")
WIDTH, SCALE, MARGIN = 1240, 1.5, 8
COLOURS = 256


def main() -> None:
    """Take the picture and say how large it is."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--page", type=Path, help="an issue's page that is there already")
    parser.add_argument("--out", type=Path, default=PICTURE, help="the PNG to write")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        taken = taken_of(asked.page or reported(Path(scratch)))
    asked.out.parent.mkdir(parents=True, exist_ok=True)
    asked.out.write_bytes(smaller(taken))
    sys.stdout.write(f"{asked.out}: {asked.out.stat().st_size:,} bytes\n")


def reported(folder: Path) -> Path:
    """The example's page, made in `folder`."""
    from bot import pipeline

    built = pipeline.build(pipeline.load_archive(EXAMPLE), folder / "bundle", figures=folder / "figures")
    return pipeline.publish_locally(built.bundle, folder / "tracker").page


def taken_of(page: Path) -> bytes:
    """The results comment of `page`, from its top to the note under its headline table, as PNG."""
    browser_path = next(path for name in BROWSERS if (path := shutil.which(name)))
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=browser_path, args=list(ARGUMENTS))
        opened = browser.new_page(
            viewport={"width": WIDTH, "height": 1000}, device_scale_factor=SCALE, color_scheme="light"
        )
        opened.goto(page.resolve().as_uri())
        picture = first_screen(opened)
        browser.close()
    return picture


def first_screen(opened: Page) -> bytes:
    """The part of the page that a reader sees first."""
    comment = opened.locator("[id^=issuecomment-]").first
    top, note = comment.bounding_box(), comment.locator("sub").first.bounding_box()
    if top is None or note is None:
        raise SystemExit("the page shows no results comment")
    clip = {
        "x": top["x"] - MARGIN,
        "y": top["y"] - MARGIN,
        "width": top["width"] + 2 * MARGIN,
        "height": note["y"] + note["height"] - top["y"] + 2 * MARGIN,
    }
    return opened.screenshot(full_page=True, clip=clip)


def smaller(png: bytes) -> bytes:
    """The same picture in 256 colours, a third of the size."""
    buffer = io.BytesIO()
    Image.open(io.BytesIO(png)).convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE).save(
        buffer, "PNG", optimize=True
    )
    return buffer.getvalue()


if __name__ == "__main__":
    main()
