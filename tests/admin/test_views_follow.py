"""Analysts' views are made for whatever is published, by whatever way: a cell hears of the pointer that moved."""

from __future__ import annotations

import os
import threading

import pytest

from admin import publishing
from admin.analysis import campaign_of
from admin.cloud import Cloud
from admin.deployed.upkeep import keep_up, renew_views
from admin.folders import collect, find_campaign
from admin.publishing import Occasion
from admin.settings import read_settings
from tests.admin.conftest import OCCASION, Deployment
from tests.harness.fresh_database import FreshDatabase

KEY = "pointers/reminder.json"


def published(made: Deployment, *, greeting: str = "") -> str:
    """Publishes the clinic's reminder into the bucket alone, as the admin's page and `incoming/` do."""
    files = dict(collect(find_campaign("reminder", made.scripts), made.scripts).files)
    if greeting:
        files["local.xml"] = files["local.xml"].replace(b"<say>", b"<say>" + greeting.encode(), 1)
    at = OCCASION.at.replace("08:", "09:") if greeting else OCCASION.at
    done = publishing.publish(
        files, campaign="reminder", bucket=made.bucket, occasion=Occasion("li", at), check=lambda _: ()
    )
    return done.release[:12]


def views(database: FreshDatabase) -> set[str]:
    rows = database.connect().fetch("SELECT viewname FROM pg_views WHERE schemaname = 'analysis'")
    return {name for (name,) in rows}


def test_views_of_what_was_published_elsewhere(deployment: Deployment) -> None:
    first = published(deployment)
    assert views(deployment.database) == set()
    assert renew_views(deployment.admin, deployment.bucket, KEY)["outcome"] == "done"
    assert views(deployment.database) == {"reminder", f"reminder_{first}"}
    second = published(deployment, greeting="早上好！")
    renew_views(deployment.admin, deployment.bucket, KEY)
    assert views(deployment.database) == {"reminder", f"reminder_{first}", f"reminder_{second}"}


@pytest.mark.parametrize("key", ["pointers/", "pointers/a/b.json", "history/reminder/1.json", "pointers/a.txt", ""])
def test_other_objects_are_no_pointers(key: str, deployment: Deployment) -> None:
    assert campaign_of(key) == ""
    assert renew_views(deployment.admin, deployment.bucket, key) == {"campaign": ""}


def test_a_campaign_that_is_gone_makes_nothing(deployment: Deployment) -> None:
    assert renew_views(deployment.admin, deployment.bucket, KEY)["release"] == ""
    assert views(deployment.database) == set()


def test_what_analysts_built_stands_and_the_rest_goes_on(deployment: Deployment) -> None:
    """A view of one's own over the campaign's keeps that one as it was; over a release's it harms nothing."""
    first = published(deployment)
    renew_views(deployment.admin, deployment.bucket, KEY)
    owner = deployment.database.connect()
    owner.execute(f'CREATE VIEW public.on_release AS SELECT decision FROM analysis."reminder_{first}"')
    published(deployment, greeting="早上好！")
    assert renew_views(deployment.admin, deployment.bucket, KEY)["outcome"] == "done"
    owner.execute("CREATE VIEW public.on_campaign AS SELECT decision FROM analysis.reminder")
    before = views(deployment.database)
    published(deployment, greeting="晚上好！")
    assert renew_views(deployment.admin, deployment.bucket, KEY)["outcome"] == "views-in-use"
    assert views(deployment.database) == before
    assert owner.fetch("SELECT count(*) FROM public.on_campaign") == [(0,)]


def test_the_daily_upkeep_makes_what_was_missed(deployment: Deployment) -> None:
    release = published(deployment)
    done = keep_up(deployment.admin, Cloud(read_settings(os.environ), os.environ))
    assert done["views"] == 1
    assert views(deployment.database) == {"reminder", f"reminder_{release}"}


def test_two_who_make_the_same_views_at_once_wait_for_each_other(deployment: Deployment) -> None:
    published(deployment)
    failures: list[Exception] = []

    def make() -> None:
        connection = deployment.database.connect("waihu_admin")
        try:
            for _ in range(3):
                renew_views(connection, deployment.bucket, KEY)
        except Exception as error:  # whatever it is, the test is to see it
            failures.append(error)
        finally:
            connection.close()

    makers = [threading.Thread(target=make) for _ in range(3)]
    for maker in makers:
        maker.start()
    for maker in makers:
        maker.join()
    assert failures == []
