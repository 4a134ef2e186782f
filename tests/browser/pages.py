"""Every page of the product with its states, as the demo shows them. Used by the axe test and by the screenshots.

What the demo cannot show (a release deleted in Azure, 500 and 503) is tested with rows of its own in `tests/pages`.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from playwright.sync_api import Page

ANSWER_MILLISECONDS = 30_000
AKS = "/subscriptions/0a/resourceGroups/harbour/providers/Microsoft.ContainerService/managedClusters/harbour-k8s"


@dataclass(frozen=True)
class Visit:
    """One page in one state: its address, or the first release of a list; who looks; what they do there first.

    `is_variant`: it has the parts of another state, with other words in them, and is looked at in the soak.
    """

    address: str
    is_list: bool = False
    person: str | None = "admin"
    act: Callable[[Page], None] | None = None
    is_variant: bool = False

    def go(self, page: Page) -> None:
        """Come to it. The page knows the product's address as its base."""
        page.goto(self.address)
        self.settle(page)

    def settle(self, page: Page) -> None:
        """From its address on: open the release, do what is to be done."""
        if self.is_list:
            page.locator("#_list tbody tr a[data-row]").first.click()
            page.locator("#_release").wait_for()
        if self.act:
            self.act(page)
        page.wait_for_load_state("load")


def _ask_for_a_legacy_cluster(page: Page) -> None:
    page.get_by_label("Name of the compute").fill("old-aks")
    page.get_by_label("Resource id of the cluster").fill(AKS)
    page.get_by_label("Reason").fill("The harbour's new cluster")
    page.get_by_role("button", name="Find or attach").click()
    page.get_by_role("alert").wait_for()


def _open_the_filter(name: str) -> Callable[[Page], None]:
    def act(page: Page) -> None:
        page.locator("details.facets summary", has_text=name).click()

    return act


def _two_pages_on(page: Page) -> None:
    for _ in range(2):
        page.locator("a[rel=next]").click()
        page.locator("a[rel=prev]").wait_for()


def _turn_to(tab: str) -> Callable[[Page], None]:
    """Another tab of the page."""

    def act(page: Page) -> None:
        page.locator(".tabs").get_by_role("link", name=tab).click()
        page.locator(".tabs").get_by_role("link", name=tab).and_(page.locator("[aria-current]")).wait_for()

    return act


def _open_logs(page: Page) -> None:
    page.locator(".tabs").get_by_role("link", name="Logs").click()
    page.locator("#_log").wait_for()
    page.locator("#lines, #_log .empty").first.wait_for()


def _follow_a_log(page: Page) -> None:
    _open_logs(page)
    page.locator("#lines").wait_for(timeout=ANSWER_MILLISECONDS)


def _search_the_log(page: Page) -> None:
    _open_logs(page)
    page.locator("#lines").wait_for(timeout=ANSWER_MILLISECONDS)
    page.get_by_label("Search in log").fill("section")
    page.keyboard.press("Enter")
    page.locator("#hit-count").wait_for()
    if page.locator("#hitlist").count():
        page.locator("#hitlist>summary").click()


def _open_a_step_that_did_not_run(page: Page) -> None:
    _open_logs(page)
    page.locator(".steps a").last.click()
    page.locator("#_log").wait_for()


def _tick_two(page: Page) -> None:
    for at in (0, 2):
        page.locator("input[name=pick]").nth(at).check()


def _tick_two_and_compare(page: Page) -> None:
    _tick_two(page)
    page.locator("#picks [type=submit]").click()
    page.locator("#_compare").wait_for()


def _compare_everything(page: Page) -> None:
    _tick_two_and_compare(page)
    page.get_by_role("link", name="Everything").click()
    page.get_by_role("heading", name="Everything").wait_for()


def _open_save(page: Page) -> None:
    page.locator(".viewtabs summary").click()


def _open_the_first_endpoint(page: Page) -> None:
    page.locator("#_clusters a[data-row]").first.click()
    page.locator("#_endpoint").wait_for()


def _open_the_menu(page: Page) -> None:
    page.locator("button[popovertarget=me]:visible").click()


def _ask_for_the_keys(page: Page) -> None:
    page.keyboard.press("?")


def _open_a_person(page: Page) -> None:
    page.get_by_role("link", name=re.compile("^Q")).first.click()  # the QA specialist
    page.get_by_role("button", name="Close the account").click()


def _open_the_form_for_a_key(page: Page) -> None:
    page.locator("summary", has_text="New key").click()
    page.get_by_role("button", name="Make the key").click()
    page.locator(".err").first.wait_for()


def _confirm_with_nothing(page: Page) -> None:
    """A proof is asked for even of somebody who just signed in, when they send an empty one with the form."""
    page.locator("form[action$='/grant/'] button").wait_for()
    with page.expect_navigation():
        page.evaluate("""() => {
            const form = document.querySelector("form[action$='/grant/']")
            const empty = Object.assign(document.createElement("input"), {type: "hidden", name: "confirm-password"})
            form.append(empty)
            form.submit()
        }""")
    page.locator("[role=alert]").wait_for()


def _confirm_for_a_person(page: Page) -> None:
    page.get_by_role("link", name=re.compile("^Q")).first.click()
    _confirm_with_nothing(page)


def _add_an_app(page: Page) -> None:
    page.get_by_role("button", name="Add an authenticator app").click()
    page.locator("img.qr").wait_for()


def _type_into_the_search(page: Page) -> None:
    if page.locator("a.to-search").is_visible():  # a phone has no room for the field in its top bar
        page.locator("a.to-search").click()
        page.locator("#search:focus").wait_for()
    else:
        page.keyboard.press("/")
    page.keyboard.type("release-2", delay=20)
    page.locator("#_found [role=option]").first.wait_for()
    page.keyboard.press("ArrowDown")


def _try_without_a_project(page: Page) -> None:
    page.get_by_label("Organization address").fill("https://dev.azure.com/port-authority")
    page.get_by_role("button", name="Test the connection").click()
    page.locator(".err").first.wait_for()


def _try_the_connection(page: Page) -> None:
    known = re.search(r"(http://\S+), token in (\w+)", page.locator("ul.gates").inner_text())
    assert known
    page.get_by_label("Organization address").fill(known[1])
    page.get_by_label("Project", exact=True).fill("MLOps")
    page.get_by_label("Sign in as").select_option("pat")
    page.get_by_label("Variable that holds the token").fill(known[2])
    page.get_by_role("button", name="Test the connection").click()
    page.locator("#_answer .btn").first.wait_for(timeout=ANSWER_MILLISECONDS)


def _press_what_is_closed(page: Page) -> None:
    """As somebody does whose page is older than their role: the button is closed, the form is sent all the same."""
    with page.expect_navigation():
        page.evaluate("document.querySelector('form[action=\"/sync/now/\"]').submit()")


def _sign_in_wrongly(page: Page) -> None:
    page.locator("input[name=login]").fill("nobody@harbour.example")
    page.locator("input[name=password]").fill("not the password")
    page.locator("input[name=password]").press("Enter")
    page.locator("[role=alert]").wait_for()


def _open_a_pipeline(page: Page) -> None:
    page.locator(".card>header h2 a").first.click()
    page.locator("#_pipeline").wait_for()


def _switch_a_trigger(page: Page) -> None:
    _open_a_pipeline(page)
    page.locator("a.switch").first.click()
    page.get_by_label("Reason").wait_for()


def _change_branches(page: Page) -> None:
    page.locator(".card>header h2 a", has_text="Port Weather").click()
    page.locator("tr", has_text="Push to").get_by_role("link", name=re.compile("^Change")).click()
    page.get_by_label("Branches that count").fill("main\nrelease/*")
    _look(page)


def _add_a_schedule(page: Page) -> None:
    _open_a_pipeline(page)
    page.get_by_role("link", name="Add a schedule").click()
    page.get_by_label("Thursday").check()
    _look(page)


def _add_a_schedule_without_a_day(page: Page) -> None:
    _open_a_pipeline(page)
    page.get_by_role("link", name="Add a schedule").click()
    page.get_by_role("button", name="See what changes").click()
    page.locator(".err").first.wait_for()


def _look(page: Page) -> None:
    page.get_by_role("button", name="See what changes").click()
    page.locator("#difference-h").wait_for()


def _make_a_release(page: Page) -> None:
    page.locator("main").get_by_role("link", name="Port Weather ML Pipeline").click()
    page.get_by_role("button", name="Ask again").wait_for(timeout=ANSWER_MILLISECONDS)


def _make_a_release_of_others(page: Page) -> None:
    page.locator("main table a").first.click()
    page.get_by_role("link", name="Back to the pipeline").wait_for()


def _choose_an_older_version(page: Page) -> None:
    _make_a_release(page)
    with page.expect_response(lambda answer: answer.request.method == "POST"):
        page.get_by_label("Version of _").first.select_option(index=1)


def _open_the_act(button: str, *, where: str = ".acts") -> Callable[[Page], None]:
    """The dialog of the first button that is open."""

    def act(page: Page) -> None:
        page.locator(f"{where} a:not([aria-disabled])", has_text=button).first.click()
        page.locator("dialog#act[open] #act-h").wait_for()

    return act


def _open_the_pipeline_with_a_past(page: Page) -> None:
    """The one with most releases, some of which ran well."""
    page.locator(".card>header h2 a", has_text="Port Weather").click()
    page.locator("#_pipeline").wait_for()


def _open_the_roll_back(page: Page) -> None:
    _open_the_pipeline_with_a_past(page)
    _open_the_act("Roll back")(page)


def _roll_back_on_its_page(page: Page) -> None:
    _open_the_pipeline_with_a_past(page)
    page.goto(str(page.locator(".acts a", has_text="Roll back").first.get_attribute("href")))
    page.locator("#_roll_back details:not([open])>summary").evaluate_all("all => all.forEach(one => one.click())")


def _send_a_short_reason(page: Page) -> None:
    _open_the_act("Redeploy")(page)
    page.locator("#_redeploy textarea").fill("too short")
    page.locator("#_redeploy button[type=submit]").click()
    page.locator(".err").first.wait_for()


def _open_the_closed_act(page: Page) -> None:
    page.locator(".acts a[aria-disabled]").first.click(force=True)  # closed, but it says why
    page.locator("dialog#act[open] #act-h").wait_for()


def _show_the_spans_as_a_table(page: Page) -> None:
    _open_a_pipeline(page)
    page.locator("#live-table>summary").click()


def _ask_for_a_month_ago(page: Page) -> None:
    month_ago = datetime.now(UTC) - timedelta(days=30)
    page.get_by_label("Date and time").fill(f"{month_ago:%Y-%m-%dT%H:%M}")
    page.get_by_role("button", name="Show").click()
    page.locator("#_live_at table").wait_for()


def _verify(page: Page) -> None:
    page.get_by_role("button", name="Verify").click()
    page.locator("#_chain b", has_text="Audit chain verified").wait_for(timeout=ANSWER_MILLISECONDS)


def _open_an_entry(page: Page) -> None:
    page.locator("#_log a[data-row]").first.click()
    page.locator("#_entry").wait_for()


def _open_a_version(page: Page) -> None:
    page.locator("#_trace a[data-row]", has_text="-classifier").first.click()
    page.locator("a.btn", has_text="Version in").first.click()
    page.locator("#_model_version").wait_for()


def _open_its_run(page: Page) -> None:
    page.locator("#_release .links a", has_text="train").first.click()
    page.locator("#_training_run").wait_for()


def _try_a_rule(page: Page) -> None:
    page.get_by_label("Role").select_option("other")
    page.get_by_label("Name", exact=False).fill("^_?scaler$")
    page.get_by_role("button", name="Try it on past releases").click()
    page.locator("#_try form").wait_for(timeout=ANSWER_MILLISECONDS)


def _type_a_slow_pattern(page: Page) -> None:
    page.get_by_label("Name", exact=False).fill("(a+)+$")
    page.get_by_role("button", name="Try it on past releases").click()
    page.locator(".err").first.wait_for()


def _try_an_endpoint_rule(page: Page) -> None:
    page.get_by_role("textbox", name="Pipeline").fill("^berth")
    page.get_by_role("textbox", name="Stage").fill("^dev")
    page.get_by_role("textbox", name="Endpoint").fill("^eta-prod$")
    page.get_by_role("button", name="See what changes").click()
    page.get_by_role("button", name="Save the rule").wait_for()


def _type_a_name_that_is_not_known(page: Page) -> None:
    page.get_by_role("textbox", name="Endpoint").fill("^{project}-")
    page.get_by_role("button", name="See what changes").click()
    page.locator(".err").first.wait_for()


def _stop_sending_without_a_reason(page: Page) -> None:
    page.get_by_role("link", name=re.compile("^Stop sending")).first.click()
    page.get_by_role("button", name="Stop sending").click()
    page.locator(".err").first.wait_for()


def _open_a_command(page: Page) -> None:
    """The newest one; where nothing was asked yet, a finished stage is deployed again."""
    page.goto(f"/commands/{page.evaluate(_A_COMMAND)}/")
    page.locator("#_command").wait_for()


def _answer_what_is_over(page: Page) -> None:
    """As somebody does whose page is older than what became of the command."""
    _open_a_command(page)
    page.locator("#_command .pill", has_text=re.compile("Confirmed|Superseded|Refused|Not sent")).first.wait_for(
        timeout=ANSWER_MILLISECONDS
    )
    page.goto(f"{page.url}check-again/")
    page.get_by_role("link", name="Go back and look again").wait_for()


def _start_a_draft(page: Page) -> None:
    """The dialog of the newest draft; where there is none yet, one is made."""
    drafts = page.evaluate("async () => (await (await fetch('/api/v1/releases/?status=draft&limit=1')).json()).results")
    if drafts:
        page.goto(f"/p/{drafts[0]['project']}/releases/{drafts[0]['azure_id']}/")
    else:
        _make_a_draft(page)
    page.get_by_role("link", name=re.compile("^Start")).click()
    page.locator("dialog#act[open] #_start").wait_for()


def _make_a_draft(page: Page) -> None:
    _make_a_release(page)
    page.get_by_label("Save it as a draft").check()
    page.get_by_role("button", name="Create release").click()
    page.locator("#_command .pill", has_text="Confirmed in Azure").first.wait_for(timeout=ANSWER_MILLISECONDS)
    page.locator("main").get_by_role("link", name="Open release").click()


_A_COMMAND = """async () => {
    const get = async (path) => (await fetch(`/api/v1/${path}`)).json();
    const known = (await get("commands/?limit=1")).results[0];
    if (known) return known.id;
    for (const { id } of (await get("releases/?stage_status=succeeded&status=active&limit=50")).results) {
        const release = await get(`releases/${id}/`);
        const stage = release.stages.find((one) => one.status === "succeeded");
        const body = { kind: "redeploy", release_stage: stage.id, seen: stage.seen, reason: "to show how it looks" };
        const headers = {
            "Content-Type": "application/json", "Idempotency-Key": crypto.randomUUID(),
            "X-CSRFToken": document.querySelector("[name=csrfmiddlewaretoken]").value,
        };
        const answer = await fetch("/api/v1/commands/", { method: "POST", headers, body: JSON.stringify(body) });
        if (answer.ok) return (await answer.json()).id;
    }
}"""

PAGES = {
    "overview": Visit("/"),
    "overview-rows": Visit("/?view=rows"),
    "releases": Visit("/releases/"),
    "releases-filtered": Visit("/releases/?trigger=model", is_variant=True),
    "releases-filter-open": Visit("/releases/", act=_open_the_filter("Stage status")),
    "releases-filter-version": Visit("/releases/", act=_open_the_filter("Model version"), is_variant=True),
    "releases-filter-dates": Visit("/releases/", act=_open_the_filter("Created")),
    "releases-empty": Visit("/releases/?model=no-such-model"),
    "releases-deep": Visit("/releases/", act=_two_pages_on, is_variant=True),
    "release": Visit("/releases/", is_list=True),
    "release-model": Visit("/releases/?trigger=model", is_list=True, is_variant=True),
    "release-waiting": Visit("/releases/?state=waiting", is_list=True, is_variant=True),
    "release-failed": Visit("/releases/?state=failed", is_list=True),
    "release-redeploy": Visit("/releases/?state=succeeded", is_list=True, act=_open_the_act("Redeploy")),
    "release-redeploy-error": Visit("/releases/?state=succeeded", is_list=True, act=_send_a_short_reason),
    "release-redeploy-closed": Visit(
        "/releases/", person="qa", is_list=True, act=_open_the_closed_act, is_variant=True
    ),
    "release-abandon": Visit("/releases/?state=waiting", is_list=True, act=_open_the_act("Abandon", where=".actions")),
    "release-flag": Visit("/releases/?state=waiting", is_list=True, act=_open_the_act("promote", where=".actions")),
    "release-cancel": Visit("/releases/?state=waiting", is_list=True, act=_open_the_act("Cancel")),
    "roll-back": Visit("/?view=lanes", act=_open_the_roll_back),
    "draft-start": Visit("/releases/new/", act=_start_a_draft),
    "roll-back-page": Visit("/?view=lanes", act=_roll_back_on_its_page),
    "release-timeline": Visit("/releases/?state=failed", is_list=True, act=_turn_to("Timeline")),
    "release-audit": Visit("/releases/?state=failed", is_list=True, act=_turn_to("Audit")),
    "release-variables": Visit("/releases/?state=failed", is_list=True, act=_turn_to("Variables")),
    "release-logs": Visit("/releases/?state=failed", is_list=True, act=_open_logs),
    "release-logs-search": Visit("/releases/?state=failed", is_list=True, act=_search_the_log),
    "release-logs-live": Visit("/releases/?state=running", is_list=True, act=_follow_a_log),
    "release-logs-step": Visit(
        "/releases/?state=failed", is_list=True, act=_open_a_step_that_did_not_run, is_variant=True
    ),
    "releases-ticked": Visit("/releases/", act=_tick_two),
    "releases-save": Visit("/releases/?trigger=model", act=_open_save),
    "views": Visit("/releases/views/?query=trigger%3Dmodel"),
    "views-empty": Visit("/releases/views/", is_variant=True),
    "compare": Visit("/releases/", act=_tick_two_and_compare),
    "compare-everything": Visit("/releases/", act=_compare_everything),
    "compare-nothing": Visit("/compare/"),
    "clusters": Visit("/clusters/"),
    "endpoint": Visit("/clusters/", act=_open_the_first_endpoint),
    "endpoint-closed": Visit("/clusters/", person="qa", act=_open_the_first_endpoint, is_variant=True),
    "clusters-none": Visit("/clusters/?name=no-such-endpoint", is_variant=True),
    "attach-cluster": Visit("/clusters/attach/"),
    "attach-cluster-refused": Visit("/clusters/attach/", act=_ask_for_a_legacy_cluster),
    "attach-cluster-closed": Visit("/clusters/attach/", person="qa", is_variant=True),
    "clusters-moving": Visit("/clusters/moving/"),
    "pipeline": Visit("/?view=lanes", act=_open_a_pipeline),
    "pipeline-table": Visit("/?view=lanes", act=_show_the_spans_as_a_table),
    "trigger-switch": Visit("/?view=lanes", act=_switch_a_trigger),
    "trigger-branches": Visit("/?view=lanes", act=_change_branches),
    "trigger-schedule": Visit("/?view=lanes", act=_add_a_schedule),
    "trigger-errors": Visit("/?view=lanes", act=_add_a_schedule_without_a_day, is_variant=True),
    "new-release": Visit("/releases/new/", act=_make_a_release),
    "new-release-older": Visit("/releases/new/", act=_choose_an_older_version, is_variant=True),
    "new-release-which": Visit("/releases/new/"),
    "new-release-closed": Visit("/releases/new/", person="qa", act=_make_a_release_of_others, is_variant=True),
    "trace": Visit("/audit/?q=support-vector-classifier+v3"),
    "trace-live": Visit("/audit/"),
    "trace-unknown": Visit("/audit/?q=support-vector-classifier+v999", is_variant=True),
    "audit-log": Visit("/audit/log/"),
    "audit-log-member": Visit("/audit/log/", person="qa", is_variant=True),
    "audit-log-verified": Visit("/audit/log/", act=_verify),
    "audit-log-filtered": Visit("/audit/log/?type=sync&outcome=ok", is_variant=True),
    "audit-log-filter-open": Visit("/audit/log/", act=_open_the_filter("Who"), is_variant=True),
    "audit-log-empty": Visit("/audit/log/?number=%23999999999", is_variant=True),
    "audit-entry": Visit("/audit/log/?type=sync.run", act=_open_an_entry),
    "audit-entry-person": Visit("/audit/log/?type=people", act=_open_an_entry, is_variant=True),
    "live-at": Visit("/audit/live-at/?zone=Europe/Berlin", act=_ask_for_a_month_ago),
    "live-at-no-record": Visit("/audit/live-at/?at=2001-03-03T14:00", is_variant=True),
    "live-at-twice": Visit("/audit/live-at/?at=2025-10-26T02:30&zone=Europe/Berlin"),
    "live-at-error": Visit("/audit/live-at/?at=yesterday"),
    "model-version": Visit("/audit/", act=_open_a_version),
    "training-run": Visit("/releases/?trigger=model", is_list=True, act=_open_its_run),
    "search": Visit("/search/?q=release-2"),
    "search-nothing": Visit("/search/?q=nothing+of+that+name", is_variant=True),
    "people": Visit("/people/"),
    "people-nobody": Visit("/people/?q=nobody", is_variant=True),
    "people-closed": Visit("/people/", person="qa", is_variant=True),
    "person": Visit("/people/", act=_open_a_person),
    "identities": Visit("/people/identities/?show=all"),
    "identities-none": Visit("/people/identities/", is_variant=True),
    "search-typing": Visit("/", act=_type_into_the_search),
    "rules": Visit("/rules/artifacts/"),
    "rules-closed": Visit("/rules/artifacts/", person="qa"),
    "rules-add": Visit("/rules/artifacts/add/"),
    "rules-errors": Visit("/rules/artifacts/add/", act=_type_a_slow_pattern),
    "rules-try": Visit("/rules/artifacts/add/", act=_try_a_rule),
    "endpoint-rules": Visit("/rules/endpoints/"),
    "endpoint-rules-closed": Visit("/rules/endpoints/", person="qa", is_variant=True),
    "endpoint-rules-errors": Visit("/rules/endpoints/add/", act=_type_a_name_that_is_not_known, is_variant=True),
    "endpoint-rules-try": Visit("/rules/endpoints/add/", act=_try_an_endpoint_rule),
    "commands": Visit("/commands/"),
    "commands-closed": Visit("/commands/", person="qa", is_variant=True),
    "commands-ended": Visit("/commands/?days=all&state=superseded", is_variant=True),
    "commands-stop": Visit("/commands/", act=_stop_sending_without_a_reason),
    "command": Visit("/commands/", act=_open_a_command),
    "sync": Visit("/sync/"),
    "sync-closed": Visit("/sync/", person="auditor", is_variant=True),
    "connect": Visit("/connect/"),
    "connect-closed": Visit("/connect/", person="qa", is_variant=True),
    "connect-errors": Visit("/connect/", act=_try_without_a_project),
    "connect-answer": Visit("/connect/", act=_try_the_connection),
    "account": Visit("/account/"),
    "account-key": Visit("/account/", act=_open_the_form_for_a_key),
    "account-app": Visit("/account/", act=_add_an_app),
    "confirm": Visit("/people/", act=_confirm_for_a_person),
    "password": Visit("/accounts/password/"),
    "menu": Visit("/", act=_open_the_menu),
    "keys": Visit("/", act=_ask_for_the_keys),
    "components": Visit("/ui/"),
    "api": Visit("/api/"),
    "error-400": Visit("/releases/?before=nothing"),
    "error-403": Visit("/sync/", person="auditor", act=_press_what_is_closed),
    "error-409": Visit("/commands/", act=_answer_what_is_over),
    "error-404": Visit("/p/no-such-project/releases/1/"),
    "signin": Visit("/accounts/login/", person=None),
    "signin-error": Visit("/accounts/login/", person=None, act=_sign_in_wrongly),
    "signout": Visit("/accounts/logout/"),
}
