"""A PostgreSQL server of the distribution's package, for tests alone: its own folder, port and socket."""

from __future__ import annotations

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from uuid import uuid4

import psycopg
from psycopg import sql

PASSWORD = "s3cret:with/odd@letters"
SPELT = "s3cret%3Awith%2Fodd%40letters"


@cache
def programs() -> Path | None:
    """Find the folder of `initdb` and `pg_ctl`; Debian keeps them off the path."""
    on_path = shutil.which("initdb")
    if on_path:
        return Path(on_path).resolve().parent
    kept = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    return kept[-1].parent if kept else None


class PostgreSQL:
    """A running server, and a new database for whoever asks."""

    def __init__(self, port: int) -> None:
        self.port = port

    def url(self, database: str, password: str = SPELT) -> str:
        """Return the address of a database."""
        return f"postgresql://team:{password}@127.0.0.1:{self.port}/{database}"

    def new_database(self) -> str:
        """Create an empty database and return its address."""
        name = f"store_{uuid4().hex[:12]}"
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        return self.url(name)


def _as_somebody_else(folder: Path) -> list[str]:
    # initdb and postgres refuse to run as root.
    if os.geteuid() != 0:
        return []
    names = {user.pw_name for user in pwd.getpwall()}
    user = pwd.getpwnam("postgres" if "postgres" in names else "nobody")
    for path in (folder, *folder.iterdir()):
        os.chown(path, user.pw_uid, user.pw_gid)
    return ["setpriv", f"--reuid={user.pw_uid}", f"--regid={user.pw_gid}", "--clear-groups"]


def _free_port() -> int:
    with socket.socket() as chosen:
        chosen.bind(("127.0.0.1", 0))
        return int(chosen.getsockname()[1])


@contextmanager
def running_postgresql() -> Iterator[PostgreSQL]:
    """Run a server until the block ends."""
    at = programs()
    assert at is not None
    folder = Path(tempfile.mkdtemp(prefix="dw-pg-", dir="/tmp"))  # short: the path of a socket has 107 bytes at most
    data, password, port = folder / "data", folder / "password", _free_port()
    password.write_text(PASSWORD)
    data.mkdir()
    start = _as_somebody_else(folder)
    settings = f"-c listen_addresses=127.0.0.1 -p {port} -k {folder} -c fsync=off"

    def run(*command: str) -> None:
        subprocess.run([*start, *command], check=True, capture_output=True, cwd=folder)

    try:
        signing_in = ["--username=team", "--auth=scram-sha-256", f"--pwfile={password}"]
        run(str(at / "initdb"), f"--pgdata={data}", "--encoding=UTF8", "--no-sync", *signing_in)
        # Its log goes to a file: with a pipe of ours we would wait for the server to close it.
        log = ["--log", str(folder / "log")]
        run(str(at / "pg_ctl"), "start", "--wait", f"--pgdata={data}", *log, "--options", settings)
        try:
            yield PostgreSQL(port)
        finally:
            run(str(at / "pg_ctl"), "stop", "--wait", "--mode=immediate", f"--pgdata={data}")
    finally:
        shutil.rmtree(folder, ignore_errors=True)
