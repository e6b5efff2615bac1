"""Where the embedded server may live, and as whom it runs."""

from __future__ import annotations

import os
import pwd
import shutil
import stat
import subprocess
import time
import traceback
from collections import namedtuple
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import psycopg2
import pytest

from tests.embedded_help import embedded_settings, folder_for_all, removed, starter
from warehouse import embedded, embedded_init, embedded_layout, postgres_binaries
from warehouse.connect import connect
from warehouse.errors import Busy, ClienteleError, DatabaseUnavailable, UsageError
from warehouse.file_lock import file_lock
from warehouse.server_user import ServerUser, server_user
from warehouse.settings import Settings

needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root runs it as another user")


@pytest.fixture
def home() -> Iterator[Path]:
    with removed(folder_for_all()) as folder:
        yield folder / "home"


def refused(home: Path) -> str:
    with pytest.raises(DatabaseUnavailable) as caught:
        embedded.start(embedded_settings(home))
    assert "\n" not in caught.value.message
    assert caught.value.exit_code == 3
    return caught.value.message


def data_folder(home: Path) -> Path:
    """An empty data folder as the server user would own it."""
    embedded_layout.prepare_home(home)
    layout = embedded_layout.find_layout(home, server_user(None))
    embedded_layout.prepare_cluster_dir(layout)
    layout.data_dir.mkdir()
    os.chown(layout.data_dir, layout.user.uid, layout.user.gid)
    return layout.data_dir


def test_a_folder_with_other_files_is_left_alone(home: Path) -> None:
    data = data_folder(home)
    (data / "thesis.txt").write_text("dear diary")
    assert "holds files that are not a Postgres database" in refused(home)
    assert (data / "thesis.txt").read_text() == "dear diary"


def test_a_folder_of_another_version_is_left_alone(home: Path) -> None:
    data = data_folder(home)
    (data / "PG_VERSION").write_text("16\n")
    assert "was made by Postgres 16, but this is Postgres 18" in refused(home)


def test_a_file_in_the_way_is_named(home: Path) -> None:
    data = data_folder(home)
    data.rmdir()
    data.write_text("a file")
    assert f"{data} is in the way" in refused(home)


@needs_root
def test_a_folder_of_somebody_else_is_named(home: Path) -> None:
    data = data_folder(home)
    os.chown(data, pwd.getpwnam("nobody").pw_uid, -1)
    assert "belongs to user nobody" in refused(home)


def test_a_home_that_is_a_file_is_refused(home: Path) -> None:
    home.write_text("a file")
    assert "not a folder that you can write to" in refused(home)
    home.unlink()


def test_a_full_disk_is_noticed_before_anything_is_made(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage(10**9, 10**9, 3 * 2**20))
    assert "only 3 MB are free" in refused(home)
    assert not (home / "postgres.json").exists()


def test_an_init_that_was_cut_short_is_done_again(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(embedded_init, "single_user", killed)
        with pytest.raises(KeyboardInterrupt):
            embedded.start(embedded_settings(home))
    assert len(list(home.glob("postgres/unfinished-*/PG_VERSION"))) == 1
    assert not (home / "postgres" / "data").exists()
    info = embedded.start(embedded_settings(home))
    with connect(embedded_settings(home).with_connection(info)) as conn:
        assert conn.info.dbname == "clientele"
    assert [path.name for path in (home / "postgres").iterdir()] == ["data"]


@pytest.mark.parametrize("delay", [0.0, 0.15])
def test_a_first_start_that_was_killed_is_done_again(home: Path, delay: float) -> None:
    with starter(home) as victim:
        while not list(home.glob("postgres/unfinished-*")):
            time.sleep(0.005)
        time.sleep(delay)
        victim.kill()
    settings = embedded_settings(home)
    with connect(settings.with_connection(embedded.start(settings))) as conn:
        assert conn.info.dbname == "clientele"


def test_a_path_may_have_blanks_and_accents(home: Path) -> None:
    odd = embedded_settings(home.parent / "Ünser 'Laden'")
    try:
        with connect(odd.with_connection(embedded.start(odd))) as conn:
            conn.cursor().execute("select 1")
        assert embedded.status(odd).running
        assert embedded.stop(odd)
    finally:
        embedded.destroy(odd)


def test_a_moved_project_keeps_its_data(home: Path) -> None:
    settings = embedded_settings(home)
    with connect(settings.with_connection(embedded.start(settings))) as conn:
        conn.cursor().execute("create table moved as select 1 as n")
    embedded.stop(settings)
    moved = embedded_settings(home.rename(home.parent / "moved"))
    try:
        with connect(moved.with_connection(embedded.start(moved))) as conn:
            conn.cursor().execute("select n from moved")
        assert embedded.status(moved).data_dir == moved.home_dir / "postgres" / "data"
        assert not home.exists()
    finally:
        embedded.destroy(moved)


def test_destroy_leaves_nothing(home: Path) -> None:
    settings = embedded_settings(home)
    embedded.destroy(settings)
    embedded.start(settings)
    pid = embedded.status(settings).pid
    embedded.destroy(settings)
    assert pid is not None
    psutil.wait_procs([psutil.Process(pid)] if psutil.pid_exists(pid) else [], timeout=5)
    assert not psutil.pid_exists(pid) or psutil.Process(pid).status() == psutil.STATUS_ZOMBIE
    assert [path.name for path in home.iterdir()] == ["postgres.lock"]
    assert embedded.status(settings) == embedded.ServerStatus(running=False)


def test_two_homes_get_two_ports(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = embedded.start(embedded_settings(home))
    with removed(folder_for_all()) as folder:
        # As if the port had been free when we looked and was taken when Postgres came.
        looks = iter([first.port])
        look = embedded.first_free_port
        monkeypatch.setattr(embedded, "first_free_port", lambda *a: next(looks, None) or look(*a))
        choosing = embedded_settings(folder / "home").model_copy(update={"embedded_port": None})
        second = embedded.start(choosing)
        assert second.port == first.port + 1
        assert embedded.start(choosing) == second


def test_a_lock_that_is_held_for_long_makes_others_give_up(tmp_path: Path) -> None:
    lock = tmp_path / "lock"
    with file_lock(lock), pytest.raises(Busy, match="is locked"), file_lock(lock, timeout=0.1):
        pass
    with file_lock(lock, timeout=0):
        pass


@needs_root
def test_root_runs_it_as_the_server_user(home: Path) -> None:
    settings = embedded_settings(home)
    embedded.start(settings)
    pid = embedded.status(settings).pid
    assert psutil.Process(pid).username() == "clientele"
    for name in ("postgres.json", "postgres.log", "postgres.lock"):
        found = (home / name).stat()
        assert (found.st_uid, stat.S_IMODE(found.st_mode)) == (0, 0o600)
    assert (home / "postgres" / "data").owner() == "clientele"


@needs_root
def test_root_can_name_the_server_user(home: Path) -> None:
    settings = embedded_settings(home).model_copy(update={"server_user": "nobody"})
    embedded.start(settings)
    assert psutil.Process(embedded.status(settings).pid).username() == "nobody"
    # Without the variable, what runs already is stopped and started as it was.
    plain = embedded_settings(home)
    assert embedded.stop(plain)
    embedded.start(plain)
    assert psutil.Process(embedded.status(plain).pid).username() == "nobody"
    embedded.stop(plain)
    with pytest.raises(DatabaseUnavailable, match="set CLIENTELE_SERVER_USER=nobody"):
        embedded.start(settings.model_copy(update={"server_user": "clientele"}))
    for wrong in ("no-such-user", "root"):
        with pytest.raises(UsageError, match="CLIENTELE_SERVER_USER"):
            embedded.start(settings.model_copy(update={"server_user": wrong}))


@needs_root
def test_a_checkout_that_only_root_can_enter_stays_closed(
    home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    closed, shared = home.parent / "closed", home.parent / "shared"
    closed.mkdir(mode=0o700)
    programs = postgres_binaries.copy_binaries(postgres_binaries.wheel_bin_dir(), closed)
    monkeypatch.setattr(embedded_layout, "wheel_bin_dir", lambda: programs)
    monkeypatch.setattr(embedded_layout, "SHARED_ROOT", shared)
    settings = embedded_settings(closed / ".clientele")
    try:
        settings = settings.with_connection(embedded.start(settings))
        assert stat.S_IMODE(closed.stat().st_mode) == 0o700
        found = embedded.status(settings)
        assert found.data_dir is not None
        assert found.data_dir.is_relative_to(shared)
        assert Path(psutil.Process(found.pid).exe()).is_relative_to(shared)
        assert str(found.data_dir.parent) in capsys.readouterr().err
        embedded.stop(settings)
        embedded.start(settings)
        with connect(settings) as conn:
            conn.cursor().execute("select 1")
    finally:
        embedded.destroy(settings)
    assert list(shared.iterdir()) == []


@needs_root
def test_no_useradd_is_explained(monkeypatch: pytest.MonkeyPatch) -> None:
    def nobody_there(_: str) -> pwd.struct_passwd:
        raise KeyError

    monkeypatch.setattr(pwd, "getpwnam", nobody_there)
    monkeypatch.setattr(shutil, "which", lambda *_, **__: None)
    with pytest.raises(DatabaseUnavailable, match=r"no useradd.*CLIENTELE_SERVER_USER"):
        server_user(None)


@needs_root
def test_an_ordinary_user_can_do_it_all(home: Path) -> None:
    nobody = pwd.getpwnam("nobody")
    home.mkdir()
    os.chown(home, nobody.pw_uid, nobody.pw_gid)

    def life() -> None:
        settings = embedded_settings(home)
        settings = settings.with_connection(embedded.start(settings))
        with connect(settings) as conn, conn.cursor() as cursor:
            cursor.execute("select 1")
        assert psutil.Process(embedded.status(settings).pid).username() == "nobody"
        assert (home / "postgres.json").owner() == "nobody"
        assert embedded.stop(settings)
        embedded.destroy(settings)

    assert as_user(nobody, life) == ""


@needs_root
def test_an_ordinary_user_is_told_whose_things_these_are(home: Path) -> None:
    embedded.start(embedded_settings(home))
    nobody = pwd.getpwnam("nobody")
    said = as_user(nobody, lambda: embedded.start(embedded_settings(home)))
    assert "postgres.json belongs to another user" in said
    closed = home.parent / "closed"
    closed.mkdir(mode=0o755)
    said = as_user(nobody, lambda: embedded.start(embedded_settings(closed)))
    assert "not a folder that you can write to" in said
    said = as_user(nobody, lambda: embedded.start(embedded_settings(closed / "new" / "home")))
    assert "cannot make the folder" in said


def as_user(user: pwd.struct_passwd, job: Callable[[], object]) -> str:
    """Do a job as another user; return its one-line error, its traceback, or "" if all went well.

    In a forked process: the interpreter itself may lie where that user cannot go.
    """
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        said = ""
        try:
            os.setgroups([])
            os.setgid(user.pw_gid)
            os.setuid(user.pw_uid)
            job()
        except ClienteleError as error:
            said = error.message
        except BaseException:
            said = traceback.format_exc()
        finally:
            os.write(writer, said.encode())
            os._exit(0)
    os.close(writer)
    with os.fdopen(reader) as answer:
        said = answer.read()
    os.waitpid(child, 0)
    return said


def test_the_server_user_reaches_what_everybody_reaches(tmp_path: Path) -> None:
    me = ServerUser("me", os.geteuid(), os.getegid())
    assert me.can_reach(tmp_path)
    if os.geteuid() == 0:
        nobody = pwd.getpwnam("nobody")
        other = ServerUser("nobody", nobody.pw_uid, nobody.pw_gid)
        assert other.can_reach(Path("/usr/bin"))
        tmp_path.chmod(0o700)
        assert not other.can_reach(tmp_path / "x")


def test_settings_of_a_dead_server_say_how_to_start_it(home: Path) -> None:
    settings: Settings = embedded_settings(home)
    with pytest.raises(DatabaseUnavailable, match="never started"), connect(settings):
        pass


def test_psql_comes_with_the_wheel() -> None:
    program = postgres_binaries.wheel_bin_dir() / "psql"
    said = subprocess.run([program, "--version"], capture_output=True, text=True, check=True)
    assert " 18." in said.stdout
    assert psycopg2.__version__
