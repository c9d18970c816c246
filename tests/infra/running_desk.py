"""The desk's process as its image would run it, beside a deployment; and a manager's browser before it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import httpx

from local.child import Child
from local.ports import free_port
from local.reaper import Reaper
from tests.browser.studio import TALL
from tests.infra.desk_image import DeskImage
from tests.infra.local_deployment import PASSWORD, LocalDeployment

if TYPE_CHECKING:
    from playwright.sync_api import Page

BOARD = "campaign-counted"
DRAWN = """() => {
  const graphs = document.querySelectorAll('[data-testid=stVegaLiteChart] .marks').length;
  return graphs > 0 && graphs === document.querySelectorAll('.wh-series').length
    && !document.querySelector('[data-stale=true], [data-testid=stSkeleton]');
}"""
"""Each list of figures has its graph above it."""
WORDS = {"zh": ("看板", "指标看板"), "en": ("Dashboard", "Dashboards")}


@contextmanager
def running_desk(deployment: LocalDeployment, image: DeskImage, folder: Path) -> Iterator[str]:
    """Its address while it serves; gone afterwards."""
    port, reaper = free_port(), Reaper()
    here = {
        "WAIHU_GATEWAY_URL": deployment.api_url,
        "WAIHU_RELEASE_CACHE_PATH": str(folder / "releases"),
        "WAIHU_COOKIE_SECURE": "false",  # over plain HTTP here
    }
    environment = {**deployment.environment, **deployment.desk_environment(), **here, **image.environment}
    command = ["env", "-C", str(image.app), *image.command(port)]
    child = Child("desk", command, log=folder / "desk.log", reaper=reaper, environment=environment)
    url = f"http://127.0.0.1:{port}"

    def serves() -> bool:
        try:
            return httpx.get(f"{url}/healthz", timeout=5).status_code == 200
        except httpx.HTTPError:
            return False

    try:
        child.start()
        child.wait_until(serves, seconds=180)
        yield url
    finally:
        child.stop()
        reaper.close()


def sign_in(page: Page, url: str) -> None:
    """As the manager; once more where the user pool was too slow to answer, as the page then asks for."""
    for _ in range(10):
        page.goto(url)
        page.fill("#username", "boss")
        page.fill("#password", PASSWORD)
        page.keyboard.press("Enter")
        page.wait_for_selector(".wh-top, #error")
        if page.locator(".wh-top").count():
            return
    raise TimeoutError(page.locator("#error").inner_text())


def figures_on_the_page(page: Page, url: str, language: str, title: str, picture: Path) -> set[str]:
    """Signs in as the manager and opens the campaign's dashboard; the figures under the graph called `title`.

    `picture` is what the manager sees: the one in docs/pictures was taken so.
    """
    label, head = WORDS[language]
    page.context.clear_cookies()
    page.set_viewport_size({"width": 1280, "height": 900})
    sign_in(page, f"{url}/signin?language={language}")
    page.goto(f"{url}/dashboards")
    page.get_by_role("heading", name=head, exact=True).wait_for()
    chosen = page.get_by_role("combobox", name=label)
    chosen.fill(BOARD)
    page.keyboard.press("Enter")
    graph = page.locator(
        '[data-testid="stVerticalBlock"]', has=page.get_by_role("heading", name=title, exact=True)
    ).last
    graph.locator(".wh-series li").first.wait_for()
    page.mouse.move(0, 0)
    page.wait_for_function(DRAWN)
    page.set_viewport_size({"width": 1280, "height": page.evaluate(TALL)})
    page.wait_for_function(DRAWN)
    page.screenshot(path=picture, animations="disabled")
    return set(graph.locator(".wh-series li").all_inner_texts())
