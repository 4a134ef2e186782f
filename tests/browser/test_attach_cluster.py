"""A cluster is attached in the browser, on both screens: from the form to Confirmed, by the workers of the demo."""

import pytest
from playwright.sync_api import expect

from tests.browser.pages import AKS

pytestmark = pytest.mark.browser
ANSWER_MILLISECONDS = 40_000


def test_a_cluster_is_attached_and_stands_among_the_computes_when_it_is_confirmed(open_page):
    for width, name in ((1440, "harbour-k8s"), (390, "pilot-k8s")):
        page = open_page("/clusters/", person="operator", width=width)
        page.get_by_role("link", name="Find or attach a cluster").click()
        page.get_by_label("Name of the compute").fill(name)
        page.get_by_label("Resource id of the cluster").fill(AKS)
        page.get_by_role("button", name="Find or attach").click()
        expect(page.get_by_label("Name of the compute")).to_have_value(name)
        page.get_by_label("Reason").fill("The harbour's new cluster")
        page.get_by_role("button", name="Find or attach").click()
        asked = page.locator(".cmds li", has_text=name)
        expect(asked).to_contain_text("Confirmed in Azure", timeout=ANSWER_MILLISECONDS)
        compute = page.locator(".computes tr", has_text=name)
        expect(compute).to_contain_text("Kubernetes, attached")
        expect(compute).to_contain_text("Succeeded", ignore_case=True)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
