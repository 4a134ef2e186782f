"""Azure Monitor through its real client, of a whole small Azure: figures, refusals, the same errors as elsewhere."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from releases.azure.credentials import token_credential
from releases.azure.ml_sdk import MlAccess
from releases.azure.monitor import Monitoring
from releases.errors import (
    AzureNoAnswer,
    AzureThrottled,
    AzureUnreadable,
    CredentialRefused,
    NotThere,
    PermissionMissing,
)
from tests.company import Company, living_company

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::UserWarning", "ignore::FutureWarning")

ROUTE, ENDPOINT = "ml.metrics.list", "prod-webservice"


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Company]:
    with living_company(tmp_path_factory.mktemp("company"), releases=130) as company:
        yield company


@pytest.fixture
def company(running: Company) -> Company:
    running.heal()
    return running


@pytest.fixture
def monitoring(company: Company) -> Monitoring:
    there = company.addresses
    place = (there["subscription"], there["resource_group"], there["workspace"])
    return Monitoring(MlAccess(*place, token_credential(there["ml_url"]), there["ml_url"], there["ca_file"], 5))


def span() -> dict[str, datetime]:
    now = datetime.now(UTC).replace(minute=0, second=0, microsecond=0)
    return {"start": now - timedelta(hours=6), "until": now}


def test_requests_come_by_deployment_status_and_quarter_hour(monitoring, company):
    found = monitoring.requests(ENDPOINT, **span())
    assert {one.status for one in found} == {"200", "424", "503"}
    assert len({one.at for one in found}) == 24
    assert all(one.deployment in {"blue", "green"} and one.value >= 0 for one in found)
    asked = company.asked(ROUTE)
    assert len(asked) == 1 and "top=500" in asked[0]["query"]


def test_latency_comes_by_deployment(monitoring):
    found = monitoring.latency(ENDPOINT, **span())
    assert len({one.at for one in found}) == 24
    assert {one.status for one in found} == {""}
    assert all(20 < one.value < 90 for one in found)


def test_a_kubernetes_endpoint_without_metrics_has_none(monitoring):
    assert monitoring.requests("tide-prod", **span()) == []


def test_a_name_that_breaks_out_of_the_path_does_not(monitoring, company):
    with pytest.raises(NotThere):
        monitoring.requests("../../x?y=1", **span())


@pytest.mark.parametrize(
    ("kind", "args", "error"),
    [
        ("forbidden", {"permission": "Monitoring Reader"}, PermissionMissing),
        ("unauthorized", {}, CredentialRefused),
        ("throttle", {"retry_after": 7}, AzureThrottled),
        ("error", {"status": 500}, AzureNoAnswer),
        ("html", {}, CredentialRefused),
        ("redirect", {}, CredentialRefused),
    ],
)
def test_each_refusal_is_the_error_it_is_elsewhere_and_asked_once(monitoring, company, kind, args, error):
    company.fault(ROUTE, kind, times=0, args=args)
    with pytest.raises(error, match="Azure Monitor"):
        monitoring.requests(ENDPOINT, **span())
    assert len(company.asked(ROUTE)) == 1


def test_figures_of_no_shape_are_unreadable(monitoring, company):
    company.fault(ROUTE, "accepted_without_effect", times=0, args={"body": {"value": [{"name": 7}]}})
    with pytest.raises(AzureUnreadable):
        monitoring.requests(ENDPOINT, **span())
