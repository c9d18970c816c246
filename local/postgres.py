"""PostgreSQL on this machine: started from the binaries of a Python package, on loopback, as ordinary user or root.

PostgreSQL refuses to run as root, so under root every program runs as `nobody`; folders that `nobody` cannot reach are
replaced by ones that it can. The server is found again and stopped if an earlier run left it.
"""

from __future__ import annotations

import contextlib
import os
import pwd
import secrets
import shutil
import signal
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from local.ports import HOST, free_port
from local.postgres_binaries import Identity, PostgresUnavailable, binaries, identity, reachable_folder

__all__ = ["EmbeddedPostgres", "Endpoint", "PostgresUnavailable"]

SUPERUSER = "postgres"
START_SECONDS = 60

_BASE_SETTINGS = {
    "listen_addresses": HOST,
    "unix_socket_directories": "",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "max_connections": "120",
    "shared_buffers": "64MB",
    "password_encryption": "scram-sha-256",
    "jit": "off",
    # Statements, parameters and what PostgreSQL could not read hold what customers said, so the server's own log must
    # not. What a statement fails of stands in the function's log, without values.
    "log_min_messages": "log",
    "log_min_error_statement": "panic",
    "log_parameter_max_length": "0",
    "log_parameter_max_length_on_error": "0",
}
# What was committed survives a crash of the server all the same: only one of the machine could lose it.
_NOT_DURABLE = {"fsync": "off", "full_page_writes": "off"}


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where and as whom to connect."""

    host: str
    port: int
    database: str
    user: str
    password: str = field(repr=False)


class EmbeddedPostgres:
    """One server with its data under `data_dir`; a context manager, or `start()` and `stop()`.

    Args:
        data_dir: made if missing; kept between runs.
        port: 0 takes a free one at each start.
        durable: False trades crash safety for speed (tests only).
        tls: makes a certificate of its own; `ca_file` is what clients verify it with.
        settings: server settings on top of ours.
    """

    host = HOST
    user = SUPERUSER

    def __init__(
        self,
        data_dir: Path,
        *,
        port: int = 0,
        durable: bool = True,
        tls: bool = False,
        settings: Mapping[str, str] | None = None,
    ) -> None:
        self._identity = identity()
        self.data_dir = reachable_folder(data_dir.absolute(), self._identity)
        self.port = port
        self._wanted_port = port
        self._tls = tls
        self._settings = _BASE_SETTINGS | ({} if durable else _NOT_DURABLE) | dict(settings or {})
        self._cluster = self.data_dir / "cluster"
        self._bin = binaries(self._identity)

    # -- what others need to connect ----------------------------------------------------------------------------

    @property
    def password(self) -> str:
        """The superuser's password: made at the first start, kept beside the data."""
        return self._password_file.read_text().strip()

    @property
    def ca_file(self) -> Path:
        return self.data_dir / "ca.crt"

    @property
    def log_file(self) -> Path:
        return self.data_dir / "postgres.log"

    @property
    def pid(self) -> int | None:
        """The running postmaster's process id, None if there is none."""
        try:
            pid = int((self._cluster / "postmaster.pid").read_text().splitlines()[0])
            os.kill(pid, 0)
        except (FileNotFoundError, IndexError, ValueError, ProcessLookupError):
            return None
        return pid

    def endpoint(self, database: str = "postgres", user: str = SUPERUSER, password: str | None = None) -> Endpoint:
        return Endpoint(self.host, self.port, database, user, self.password if password is None else password)

    # -- life ----------------------------------------------------------------------------------------------------

    def start(self) -> None:
        """Makes the cluster if there is none, and starts the server; returns when it accepts connections.

        Raises:
            PostgresUnavailable: if it cannot; the text holds the end of the server's log.
        """
        self._make_folder()
        if not (self._cluster / "PG_VERSION").exists():
            self._make_cluster()
        if self._run("pg_ctl", "status", "-D", str(self._cluster), check=False).returncode == 0:
            self.stop()
        if self._tls:
            self._make_certificate()
        for attempts_left in (2, 1, 0):
            self.port = self._wanted_port or free_port()
            if self._launch():
                return
            if self._wanted_port or not attempts_left:
                raise PostgresUnavailable(f"PostgreSQL did not start on port {self.port}.\n{self._log_end()}")

    def stop(self, mode: str = "fast") -> None:
        """`fast` ends sessions and writes everything; `immediate` is a crash that is recovered at the next start."""
        if self.pid is not None:
            self._run("pg_ctl", "stop", "-w", "-D", str(self._cluster), "-m", mode)

    def kill(self) -> None:
        """kill -9 to the postmaster, as a crashed machine would; its backends follow. For tests of faults."""
        pid = self.pid
        if pid is not None:
            os.kill(pid, signal.SIGKILL)
            # What a crashed machine does not have at its next start: backends that still hold the memory.
            self._run("pg_ctl", "stop", "-m", "immediate", "-D", str(self._cluster), check=False)

    def destroy(self) -> None:
        """Stops the server and removes its data."""
        self.stop("immediate")
        shutil.rmtree(self.data_dir, ignore_errors=True)

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def tool(self, name: str) -> Path:
        """Path of a program that came with the server, such as `psql` or `pgbench`."""
        return self._bin / name

    # -- steps ---------------------------------------------------------------------------------------------------

    @property
    def _password_file(self) -> Path:
        return self.data_dir / "superuser.password"

    def _make_folder(self) -> None:
        self.data_dir.mkdir(parents=True, exist_ok=True)
        if self._identity.dropped:
            os.chown(self.data_dir, self._identity.uid, self._identity.gid)
        self.data_dir.chmod(0o700)

    def _make_cluster(self) -> None:
        # A run that was stopped in the middle of initdb leaves a folder that initdb would refuse.
        shutil.rmtree(self._cluster, ignore_errors=True)
        self._write(self._password_file, secrets.token_urlsafe(24) + "\n")
        self._run(
            "initdb", "-D", str(self._cluster), "-U", SUPERUSER, "-A", "scram-sha-256",
            "--pwfile", str(self._password_file), "--encoding", "UTF8", "--locale", "C",
            "--locale-provider", "builtin", "--builtin-locale", "C.UTF-8", "--no-instructions", "--no-sync",
        )  # fmt: skip

    def _make_certificate(self) -> None:
        from local.certificate import make_server_certificate

        if not self.ca_file.exists():
            made = make_server_certificate([HOST, "localhost"])
            self._write(self.data_dir / "server.crt", made.certificate)
            self._write(self.data_dir / "server.key", made.key)
            self._write(self.ca_file, made.authority)

    def _write(self, path: Path, text: str) -> None:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(text)
        if self._identity.dropped:
            os.chown(path, self._identity.uid, self._identity.gid)

    def _launch(self) -> bool:
        settings = self._settings | {"port": str(self.port)}
        if self._tls:
            settings |= {
                "ssl": "on",
                "ssl_cert_file": str(self.data_dir / "server.crt"),
                "ssl_key_file": str(self.data_dir / "server.key"),
            }
        options = " ".join(f"-c {name}={_quoted(value)}" for name, value in settings.items())
        done = self._run(
            "pg_ctl", "start", "-w", "-t", str(START_SECONDS), "-D", str(self._cluster),
            "-l", str(self.log_file), "-o", options, check=False,
        )  # fmt: skip
        return done.returncode == 0

    def _run(self, program: str, *arguments: str, check: bool = True) -> subprocess.CompletedProcess[str]:
        who: Identity = self._identity
        drop: dict[str, Any] = {"user": who.uid, "group": who.gid, "extra_groups": []} if who.dropped else {}
        command: Sequence[str] = [str(self._bin / program), *arguments]
        # To a file and not a pipe: the server inherits it, and a pipe's reader would wait for the server's end.
        with contextlib.closing(_scratch_file()) as output:
            done = subprocess.run(  # noqa: S603 - our own binaries, no shell
                command, stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT, cwd=self.data_dir,
                env=_environment(), check=False, start_new_session=True, **drop,
            )  # fmt: skip
            output.seek(0)
            text = output.read().decode(errors="replace")
        if check and done.returncode:
            raise PostgresUnavailable(f"{program} failed ({done.returncode}).\n{text}")
        return subprocess.CompletedProcess(command, done.returncode, text, "")

    def _log_end(self) -> str:
        try:
            return "\n".join(self.log_file.read_text(errors="replace").splitlines()[-20:])
        except FileNotFoundError:
            return ""


def _scratch_file() -> Any:
    import tempfile

    return tempfile.TemporaryFile()


def _quoted(value: str) -> str:
    return "'" + value.replace("'", "'\\''") + "'"


def _environment() -> dict[str, str]:
    """Ours without PG* (they would change what the programs do) and with messages in English."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PG", "LC_", "LANG"))}
    home = pwd.getpwuid(os.geteuid()).pw_dir
    return kept | {"LC_ALL": "C", "HOME": home}
