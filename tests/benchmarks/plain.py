"""The plain loop that teams write with the `azure-devops` package: page by page through its models, nothing stored."""

from azure.devops.connection import Connection
from msrest.authentication import BasicAuthentication

from tests.benchmarks.crawl import EXPAND


def releases(organization_url: str, project: str) -> int:
    """Read every release of the project through the client's own models; returns how many.

    The client returns a bare list and drops the continuation header, so the next page begins behind the last id; the
    release area of Azure DevOps takes a release id as token.
    """
    client = Connection(
        base_url=organization_url, creds=BasicAuthentication("", "bench")
    ).clients_v7_1.get_release_client()
    read, token = 0, None
    while True:
        page = client.get_releases(
            project=project, top=100, query_order="ascending", expand=EXPAND, continuation_token=token
        )
        read += len(page)
        if len(page) < 100:
            return read
        token = page[-1].id + 1
