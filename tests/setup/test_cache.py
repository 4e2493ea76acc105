"""The cache: where it is, what of it is trusted, and how two runs share it."""

import os
import subprocess
import sys
import time

import pytest

from machine import cache, entry, say
from machine.python_env import REPOSITORY


def test_it_is_below_xdg_cache_home(empty_cache):
    assert cache.folder() == empty_cache
    assert empty_cache.is_dir()


def test_a_cache_that_cannot_be_made_is_one_sentence(tmp_path, monkeypatch, capsys):
    (tmp_path / "file").touch()
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    assert entry.outcome(cache.folder) == 1
    said = capsys.readouterr().err
    assert said.count("\n") == 1
    assert said.startswith("error: the cache folder ")
    assert "XDG_CACHE_HOME" in said


@pytest.mark.parametrize(("first_time", "free"), [(True, 3.9e9), (False, 0.4e9)])
def test_too_little_disk_space_is_refused_before_the_work(tmp_path, first_time, free):
    with pytest.raises(say.Stop, match=r"not enough disk space in .*: [\d.]+ GB free, [\d.]+ GB needed"):
        cache.check_disk_space(tmp_path, first_time, free_bytes=free)


@pytest.mark.parametrize(("first_time", "free"), [(True, 4.1e9), (False, 0.6e9)])
def test_enough_disk_space_is_enough(tmp_path, first_time, free):
    cache.check_disk_space(tmp_path, first_time, free_bytes=free)


def test_a_disk_that_fills_up_is_one_sentence(capsys):
    def work():
        raise OSError(28, "No space left on device", "/some/file")

    assert entry.outcome(work) == 1
    assert capsys.readouterr().err == "error: no disk space left (/some/file)\n"


def test_a_stamp_is_read_back(tmp_path):
    assert cache.read_stamp(tmp_path) is None
    cache.write_stamp(tmp_path, {"files": 3})
    assert cache.read_stamp(tmp_path) == {"files": 3}


def test_a_damaged_stamp_counts_as_none(tmp_path):
    cache.write_stamp(tmp_path, {"files": 3})
    (stamp,) = tmp_path.iterdir()
    stamp.write_text(stamp.read_text()[:-4])
    assert cache.read_stamp(tmp_path) is None


def test_old_things_go_but_not_the_newest_and_not_those_in_use(tmp_path):
    for number, age_days in enumerate((0, 5, 6, 0.5)):
        folder = tmp_path / str(number)
        folder.mkdir()
        used = time.time() - age_days * 86400
        os.utime(folder, (used, used))
    cache.remove_unused(tmp_path, keep=1, days=1)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["0", "3"]


@pytest.fixture
def other_process(empty_cache):
    """Another process that holds the lock `thing` until told to let go."""
    code = "from machine import cache\nwith cache.lock('thing'):\n    print('held', flush=True)\n    input()"
    process = subprocess.Popen(
        [sys.executable, "-c", code],
        cwd=REPOSITORY / "setup",
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout.readline() == "held\n"
    yield process
    process.communicate("\n")


def test_a_second_run_says_whom_it_waits_for(other_process, capsys, monkeypatch):
    said = []

    def let_go(text):
        said.append(text)
        other_process.stdin.write("\n")
        other_process.stdin.flush()

    monkeypatch.setattr(say, "line", let_go)
    with cache.lock("thing", "another run that does the thing"):
        assert other_process.wait(10) == 0
    assert said == [f"waiting for another run that does the thing (process {other_process.pid}) …"]


def test_a_lock_that_is_not_to_be_waited_for_names_its_owner(other_process):
    assert cache.hold("thing") == (None, str(other_process.pid))
    handle, owner = cache.hold("another thing")
    assert owner is None
    handle.close()
