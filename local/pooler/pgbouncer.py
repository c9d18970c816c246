"""PgBouncer, where it is installed: the reference that the built-in pooler is tested against."""

from __future__ import annotations

import os
import pwd
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path

from local.pooler.config import PoolerConfig


@dataclass(frozen=True, slots=True)
class Prepared:
    """A command that runs PgBouncer, as which user (None: ourselves), and its folder."""

    command: tuple[str, ...]
    user: int | None
    folder: Path


def find() -> Path | None:
    """The program, if it is on the PATH (or where Debian puts it, which ordinary users' PATH lacks)."""
    found = shutil.which("pgbouncer") or shutil.which("pgbouncer", path="/usr/sbin:/usr/local/sbin")
    return Path(found) if found else None


def prepare(program: Path, config: PoolerConfig) -> Prepared:
    """Writes its configuration where only it can read it; it refuses root, so under root it runs as `nobody`."""
    user = pwd.getpwnam("nobody").pw_uid if os.geteuid() == 0 else None
    folder = Path(tempfile.mkdtemp(prefix="waihu-pgbouncer-"))
    users = folder / "users.txt"
    users.write_text("".join(f'"{name}" "{password}"\n' for name, password in config.logins.items()))
    settings = folder / "pgbouncer.ini"
    settings.write_text(_settings(config, users))
    for path, mode in ((users, 0o600), (settings, 0o600), (folder, 0o700)):
        path.chmod(mode)
        if user is not None:
            os.chown(path, user, -1)
    return Prepared((str(program), str(settings)), user, folder)


def _settings(config: PoolerConfig, users: Path) -> str:
    return f"""\
[databases]
{config.database} = host={config.server_host} port={config.server_port} dbname={config.database}

[pgbouncer]
listen_addr = {config.host}
listen_port = {config.port}
unix_socket_dir =
auth_type = scram-sha-256
auth_file = {users}
pool_mode = transaction
default_pool_size = {config.most_backends}
max_client_conn = {config.most_clients}
query_wait_timeout = {max(1, round(config.borrow_seconds))}
client_idle_timeout = {round(config.idle_client_seconds)}
server_idle_timeout = {round(config.idle_seconds)}
server_login_retry = 1
server_connect_timeout = 3
server_reset_query =
log_connections = 0
log_disconnections = 0
log_stats = 0
"""
