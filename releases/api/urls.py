"""The addresses below /api/v1/: a list and a detail for each noun, the OpenAPI file, and a JSON 404 for the rest."""

from django.urls import URLPattern, path, re_path

from releases.api.base import Noun
from releases.api.schema import Schema
from releases.api.views import (
    audit,
    catalog,
    commands,
    compare,
    history,
    live,
    logs,
    not_here,
    offers,
    registry,
    search,
    serving,
    stages,
    sync,
    triggers,
)

NOUNS: dict[str, type[Noun]] = {
    "projects": catalog.Projects,
    "pipelines": catalog.Pipelines,
    "stages": stages.Stages,
    "releases": history.Releases,
    "deployments": history.Deployments,
    "live-spans": live.LiveSpans,
    "logs": logs.Logs,
    "approvals": history.Approvals,
    "model-versions": registry.ModelVersions,
    "training-runs": registry.TrainingRuns,
    "artifact-rules": stages.ArtifactRules,
    "endpoint-rules": stages.EndpointRules,
    "endpoints": serving.Endpoints,
    "endpoint-checks": serving.EndpointChecks,
    "health-samples": serving.HealthSamples,
    "clusters": serving.Clusters,
    "drifts": serving.Drifts,
    "sync-runs": sync.SyncRuns,
    "commands": commands.Commands,
    "audit": audit.AuditEntries,
}

app_name = "api"
urlpatterns: list[URLPattern] = [
    path("schema/", Schema.as_view(), name="schema"),
    path("search/", search.Search.as_view(), name="search"),
]
for name, noun in NOUNS.items():
    urlpatterns += [
        path(f"{name}/", noun.as_view({"get": "list", **noun.acts}), name=name),
        path(f"{name}/<{noun.key}:pk>/", noun.as_view({"get": "retrieve"}), name=f"{name}-detail"),
    ]
urlpatterns += [
    path("logs/<int:pk>/lines/", logs.Lines.as_view(), name="logs-lines"),
    path("logs/<int:pk>/search/", logs.Search.as_view(), name="logs-search"),
    path("commands/<uuid:pk>/take-back/", commands.TakeBack.as_view(), name="commands-take-back"),
    path("commands/<uuid:pk>/check-again/", commands.CheckAgain.as_view(), name="commands-check-again"),
    path("commands/<uuid:pk>/send-again/", commands.OnThePage.as_view(), name="commands-send-again"),
    path("commands/<uuid:pk>/close/", commands.OnThePage.as_view(), name="commands-close"),
]
urlpatterns.append(path("pipelines/<int:pk>/versions/", offers.VersionsOnOffer.as_view(), name="versions-on-offer"))
urlpatterns.append(path("pipelines/<int:pk>/triggers/", triggers.Triggers.as_view(), name="triggers"))
urlpatterns.append(path("compare/", compare.Compare.as_view(), name="compare"))
urlpatterns.append(re_path(r"^(?P<rest>.*)$", not_here.NotHere.as_view(), name="not-here"))
