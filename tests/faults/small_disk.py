"""A disk of a few megabytes that can be filled: a tmpfs in a mount namespace of our own, gone when the process is.

As root this needs CAP_SYS_ADMIN, as an ordinary user a user namespace. Where the machine allows neither, `mounted` is
False, and the fault machine lets a trigger say "disk full" (SQLSTATE 53100) in the disk's place; it says so.
"""

from __future__ import annotations

import ctypes
import os
import shutil
import tempfile
from contextlib import suppress
from pathlib import Path

from local.postgres_binaries import identity

MEGABYTES = 24
_NEW_MOUNTS, _NEW_USER = 0x00020000, 0x10000000
_RECURSIVE, _PRIVATE, _DETACH = 16384, 1 << 18, 2


def enter_own_mounts() -> bool:
    """Gives this process mounts of its own; to be called before there is any thread. False: not allowed here.

    A child tries it first: half-way in, as some machines leave one, this process would be nobody.
    """
    with tempfile.TemporaryDirectory() as folder:
        child = os.fork()
        if not child:
            os._exit(0 if _enter() and _mount_at(Path(folder)) else 1)
        allowed = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    return allowed and _enter()


def _enter() -> bool:
    libc = ctypes.CDLL(None, use_errno=True)
    uid, gid = os.geteuid(), os.getegid()
    if libc.unshare(_NEW_MOUNTS if uid == 0 else _NEW_MOUNTS | _NEW_USER):
        return False
    if uid:
        try:
            Path("/proc/self/setgroups").write_text("deny")
            Path("/proc/self/uid_map").write_text(f"{uid} {uid} 1")
            Path("/proc/self/gid_map").write_text(f"{gid} {gid} 1")
        except OSError:
            return False
    return not libc.mount(b"none", b"/", None, _RECURSIVE | _PRIVATE, None)


def _mount_at(folder: Path) -> bool:
    who = identity()
    options = f"size={MEGABYTES}m,mode=0700,uid={who.uid},gid={who.gid}".encode()
    return not ctypes.CDLL(None, use_errno=True).mount(b"tmpfs", bytes(folder), b"tmpfs", 0, options)


class SmallDisk:
    """`folder` lies on it where `mounted`; only for processes that begin after it was made."""

    def __init__(self, allowed: bool) -> None:
        # Not below a private folder: PostgreSQL's user must reach it.
        self._parent = Path(tempfile.mkdtemp(prefix="waihu-disk-"))
        self._parent.chmod(0o755)
        self.folder = self._parent / "disk"
        self.folder.mkdir()
        self.mounted = allowed and _mount_at(self.folder)
        self._ballast = self.folder / "ballast"

    def fill(self) -> None:
        """Not a byte more fits."""
        with suppress(OSError), self._ballast.open("wb", buffering=0) as file:
            while file.write(bytes(4096)):
                pass

    def free(self) -> None:
        self._ballast.unlink(missing_ok=True)

    def remove(self) -> None:
        if self.mounted:
            ctypes.CDLL(None).umount2(bytes(self.folder), _DETACH)
        shutil.rmtree(self._parent, ignore_errors=True)
