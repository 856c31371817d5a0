from __future__ import annotations

import os
import socket
import subprocess
import tracemalloc
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.archives import files
from bot.archives.files import CannotRead, git_blob, printable, read, walk


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "root").mkdir()
    return tmp_path / "root"


def put(path: Path, data: bytes = b"x") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return path


def names(root: Path) -> list[str]:
    return [found.name for found in walk(root).files]


def reasons(root: Path) -> dict[str, str]:
    return dict(walk(root).unreadable)


def test_files_are_listed_in_order_whatever_the_order_of_the_folder(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("b/2", "a", "b/10", "c/d/e"):
        put(root / name)
    forwards = walk(root)
    scandir = os.scandir

    class Backwards:
        def __init__(self, path: Path) -> None:
            with scandir(path) as entries:
                self.entries = list(entries)[::-1]

        def __enter__(self) -> list[os.DirEntry[str]]:
            return self.entries

        def __exit__(self, *error: object) -> None: ...

    monkeypatch.setattr(os, "scandir", Backwards)
    assert walk(root) == forwards
    assert [found.name for found in forwards.files] == ["a", "b/10", "b/2", "c/d/e"]


def test_hidden_names_are_passed_over_and_two_dots_are_not_hidden(root: Path) -> None:
    for name in (".git/config", "a/.DS_Store", "..x/f", ".../g"):
        put(root / name)
    assert names(root) == [".../g", "..x/f"]
    assert reasons(root) == {}


@pytest.mark.parametrize("target", ["../outside/secret", "../outside", "/etc/passwd", "../nothing-here", ".."])
def test_a_link_that_leads_out_is_refused_the_same_way_whether_or_not_anything_is_there(
    root: Path, target: str
) -> None:
    put(root.parent / "outside" / "secret")
    (root / "link").symlink_to(target)
    assert names(root) == []
    assert reasons(root) == {"link": "a link that leads out of the archive, not followed"}


def test_a_link_to_a_sibling_whose_name_starts_like_the_root_leads_out(root: Path) -> None:
    put(root.parent / "root-2" / "f")
    (root / "link").symlink_to("../root-2/f")
    assert "leads out" in reasons(root)["link"]


def test_a_chain_of_links_is_judged_by_its_end(root: Path) -> None:
    put(root.parent / "secret")
    (root / "inner").symlink_to("../secret")
    (root / "outer").symlink_to("inner")
    assert set(reasons(root)) == {"inner", "outer"}


def test_links_that_lead_nowhere_or_round_are_refused(root: Path) -> None:
    (root / "nowhere").symlink_to("missing")
    (root / "a").symlink_to("b")
    (root / "b").symlink_to("a")
    found = reasons(root)
    assert found.pop("nowhere") == "a link that leads nowhere"
    assert set(found.values()) == {"a link that leads in a circle"}
    assert set(found) == {"a", "b"}


def test_a_link_into_a_hidden_folder_is_refused(root: Path) -> None:
    put(root / ".git" / "config", b"token")
    (root / "f.json").symlink_to(".git/config")
    assert reasons(root) == {"f.json": "a link into a hidden folder, not followed"}


def test_a_link_to_a_file_inside_is_read_like_the_file(root: Path) -> None:
    put(root / "real", b"data")
    (root / "link").symlink_to("real")
    assert [(found.name, read(found.path)) for found in walk(root).files] == [("link", b"data"), ("real", b"data")]


def test_a_link_to_a_folder_inside_is_named_and_not_entered(root: Path) -> None:
    put(root / "real" / "f")
    (root / "again").symlink_to("real")
    (root / "real" / "up").symlink_to("..")
    found = walk(root)
    assert [each.name for each in found.files] == ["real/f"]
    assert found.links == ("again", "real/up")
    assert found.unreadable == ()


def test_special_files_are_refused_unopened(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    os.mkfifo(root / "pipe")
    monkeypatch.chdir(root)
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind("socket")
    monkeypatch.setattr(os, "open", lambda *_: pytest.fail("opened a special file"))
    assert reasons(root) == {"pipe": "a named pipe, not a file", "socket": "a socket, not a file"}
    for path in (root / "pipe", root / "socket", Path("/dev/null")):
        with pytest.raises(CannotRead, match="not a file"):
            read(path)


def test_a_pipe_that_takes_the_place_of_a_checked_file_neither_hangs_nor_is_read(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    os.mkfifo(root / "pipe")
    sober = put(root / "file").lstat()
    monkeypatch.setattr(Path, "lstat", lambda self: sober)
    with pytest.raises(CannotRead, match="a named pipe"):
        read(root / "pipe")


def test_a_link_that_takes_the_place_of_a_checked_file_is_not_followed(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sober = put(root / "file").lstat()
    (root / "link").symlink_to("file")
    monkeypatch.setattr(Path, "lstat", lambda self: sober)
    with pytest.raises(CannotRead, match="a link"):
        read(root / "link")


def test_a_large_file_is_refused_without_reading_it(root: Path) -> None:
    os.truncate(put(root / "big.json"), 200 * files.MEGABYTE)
    tracemalloc.start()
    with pytest.raises(CannotRead, match=r"^too large: 200 MB, limit 100 MB$"):
        read(root / "big.json")
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < files.MEGABYTE


def test_the_limit_itself_is_allowed_and_a_byte_more_is_not(root: Path) -> None:
    assert read(put(root / "f", b"12345"), limit=5) == b"12345"
    with pytest.raises(CannotRead, match="too large"):
        read(put(root / "g", b"123456"), limit=5)


def test_a_file_that_hides_its_size_is_still_limited(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path, empty = put(root / "f", b"123456"), put(root / "empty", b"").stat()
    monkeypatch.setattr(os, "fstat", lambda _: empty)
    with pytest.raises(CannotRead, match="too large"):
        read(path, limit=5)


def test_a_file_that_vanished_is_refused(root: Path) -> None:
    with pytest.raises(CannotRead, match=r"^no such file or directory$"):
        read(root / "gone")


def test_what_may_not_be_read_is_refused_without_its_absolute_path(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def denied(path: object, *_: object) -> None:
        raise PermissionError(13, "Permission denied", str(path))

    path = put(root / "f")
    monkeypatch.setattr(os, "open", denied)
    with pytest.raises(CannotRead, match=r"^permission denied$"):
        read(path)
    monkeypatch.setattr(os, "scandir", denied)
    assert reasons(root) == {".": "permission denied"}


@pytest.mark.parametrize("data", [b"", b"x", b"\x00\xff" * 1000])
@pytest.mark.parametrize("algorithm", ["sha1", "sha256"])
def test_blob_ids_are_gits(tmp_path: Path, data: bytes, algorithm: str) -> None:
    subprocess.run(["git", "init", "-q", f"--object-format={algorithm}", tmp_path], check=True)
    command = ["git", "-C", str(tmp_path), "hash-object", "--stdin"]
    told = subprocess.run(command, input=data, capture_output=True, check=True).stdout.decode().strip()
    assert git_blob(data, algorithm) == told


def test_a_name_that_is_no_utf8_is_listed_readably(root: Path) -> None:
    put(root / os.fsdecode(b"caf\xe9.txt"))
    (found,) = walk(root).files
    assert (found.name, found.raw) == (r"caf\xe9.txt", b"caf\xe9.txt")
    assert read(found.path) == b"x"


@given(st.binary())
def test_every_file_name_can_be_shown(raw: bytes) -> None:
    printable(os.fsdecode(raw)).encode("utf-8")
