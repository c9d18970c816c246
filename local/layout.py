"""Where the one-machine cloud keeps its things: everything under one folder, `.waihu/` of the checkout by default."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True, slots=True)
class Layout:
    """Paths under the data folder `root`."""

    root: Path

    @property
    def postgres(self) -> Path:
        return self.root / "postgres"

    @property
    def aws(self) -> Path:
        """State and buckets of the local AWS server."""
        return self.root / "aws"

    @property
    def app(self) -> Path:
        """The agents' app: its durable store and its releases."""
        return self.root / "app"

    @property
    def logs(self) -> Path:
        return self.root / "logs"

    @property
    def keys(self) -> Path:
        return self.root / "keys.json"

    @property
    def ports(self) -> Path:
        return self.root / "ports.json"

    @property
    def cloud(self) -> Path:
        """What runs where, for the admin's command and for people; see `local.endpoints`."""
        return self.root / "cloud.json"

    @property
    def lock(self) -> Path:
        return self.root / "lock"


DEFAULT = Layout(CHECKOUT / ".waihu")
