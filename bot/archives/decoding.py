"""JSON bytes to values: msgspec first, the standard library where real files hold what JSON does not allow."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from typing import TypeVar

import msgspec

T = TypeVar("T")

ANYTHING = msgspec.json.Decoder()

_POINTER_FILE = b"version https://git-lfs.github.com/spec/"
_TOO_DEEP = "not usable: nested too deeply"
_DIGITS = 400


class CannotDecode(Exception):
    """Bytes that are no JSON, or not of the shape that is needed; its text says why, with the place."""


def decode(data: bytes, decoder: msgspec.json.Decoder[T], shape: Callable[[object], T]) -> T:
    """What `decoder` makes of `data`; where it refuses, what `shape` makes of the plain values.

    msgspec refuses NaN, lone surrogates and numbers out of its range, all of which real files hold, and values that do
    not fit the decoder's type. Raises CannotDecode.
    """
    try:
        if not data.isascii():
            data.decode("utf-8")
        return decoder.decode(data)
    except UnicodeDecodeError as error:
        raise CannotDecode(f"not UTF-8 text: byte 0x{data[error.start]:02x} at offset {error.start}") from None
    except RecursionError:
        raise CannotDecode(_TOO_DEEP) from None
    except msgspec.DecodeError:
        return shape(_plain(data))


def kind_of(value: object) -> str:
    """What a JSON value is, in words."""
    if isinstance(value, bool):
        return "a boolean"
    words = {dict: "an object", list: "a list", str: "a string", type(None): "null"}
    return words.get(type(value), "a number")


def _plain(data: bytes) -> object:
    if data.startswith(_POINTER_FILE):
        raise CannotDecode("a Git LFS pointer, not the file it stands for (git lfs pull fetches that)")
    try:
        return json.loads(data.decode("utf-8-sig"), parse_int=_integer, strict=False)
    except json.JSONDecodeError as error:
        what = error.msg.removesuffix(" at")
        raise CannotDecode(f"not JSON: {what} at line {error.lineno}, column {error.colno}") from None
    except RecursionError:
        raise CannotDecode(_TOO_DEEP) from None


def _integer(digits: str) -> int | float:
    # Python refuses to convert thousands of digits; such a number is out of any range here, whatever its digits.
    return int(digits) if len(digits) <= _DIGITS else math.copysign(1e308, -1 if digits.startswith("-") else 1)
