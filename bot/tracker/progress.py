"""The `progress` comment: the one that is edited in place, and that is gone when its run ends.

All other comments are append-only. A run that was cut off leaves its progress behind; the next one takes it over.
"""

from __future__ import annotations

from bot.reports.markers import wrap
from bot.tracker.publishing import Found, Place, own_markers, post_once

KIND = "progress"


def tell_progress(place: Place, text: str) -> None:
    """Say how far the run is: in the comment that is there, else in a new one. Raises TrackerError."""
    body = wrap(KIND, text, run=place.run)
    there = progress_of(place)
    if not there:
        post_once(place, body)
        return
    if there[0].comment.body != body:
        place.tracker.edit_comment(place.number, there[0].comment.id, body)
    for twin in there[1:]:
        place.tracker.delete_comment(place.number, twin.comment.id)


def end_progress(place: Place) -> None:
    """Take it out of view; nothing where there is none. Raises TrackerError."""
    for found in progress_of(place):
        place.tracker.delete_comment(place.number, found.comment.id)


def progress_of(place: Place) -> list[Found]:
    """Our own progress comments of this run and of earlier ones; a later run's is its own affair."""
    mine = (found for found in own_markers(place.tracker, place.number) if found.marker.kind == KIND)
    return [found for found in mine if not place.run or found.marker.run <= place.run]
