"""The desk's image has all that its process imports, and no more of the checkout than its Dockerfile says."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from infra.constructs.desk import DOCKERFILE, copied
from tests.infra.desk_image import DeskImage, context, desk_image

pytestmark = pytest.mark.infra

IMPORT_ALL = """
import importlib, pkgutil, sys
import agent_app
for found in pkgutil.walk_packages(agent_app.__path__, "agent_app."):
    if found.name != "agent_app.main":  # Streamlit runs that one, for each page
        importlib.import_module(found.name)
files = [getattr(module, "__file__", None) or "" for module in sys.modules.values()]
strangers = [file for file in files if "site-packages" in file and not file.startswith(sys.argv[1])]
assert not strangers, strangers[:3]
print("all imported")
"""


@pytest.fixture(scope="module")
def image(tmp_path_factory: pytest.TempPathFactory) -> DeskImage:
    return desk_image(tmp_path_factory.mktemp("image"))


def test_what_the_dockerfile_copies_is_handed_to_the_build() -> None:
    assert [source for source in copied() if not (context() / source).exists()] == []
    tops = {path.relative_to(context()).parts[0] for path in context().rglob("*") if path.is_file()}
    assert tops == {Path(source).parts[0] for source in (*copied(), DOCKERFILE)}
    assert not list(context().rglob("*.pyc"))
    assert not (context() / "functions" / "business").exists()


def test_every_module_of_the_desk_is_imported_with_the_locks_packages_alone(image: DeskImage) -> None:
    environment = {"PATH": os.environ["PATH"], "HOME": str(image.app), **image.environment}
    done = subprocess.run(
        [*image.python, "-c", IMPORT_ALL, str(image.packages)],
        cwd=image.app,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout) == (0, "all imported\n"), done.stderr[-3000:]
