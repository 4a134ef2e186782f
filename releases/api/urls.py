"""The addresses below /api/v1/: a list and a detail for each noun, the OpenAPI file, and a JSON 404 for the rest."""

from django.urls import URLPattern, path, re_path

from releases.api import views
from releases.api.base import Noun
from releases.api.schema import Schema

NOUNS: dict[str, type[Noun]] = {
    "projects": views.Projects,
    "pipelines": views.Pipelines,
    "releases": views.Releases,
    "deployments": views.Deployments,
    "approvals": views.Approvals,
    "model-versions": views.ModelVersions,
    "training-runs": views.TrainingRuns,
    "sync-runs": views.SyncRuns,
}

app_name = "api"
urlpatterns: list[URLPattern] = [path("schema/", Schema.as_view(), name="schema")]
for name, noun in NOUNS.items():
    urlpatterns += [
        path(f"{name}/", noun.as_view({"get": "list"}), name=name),
        path(f"{name}/<int:pk>/", noun.as_view({"get": "retrieve"}), name=f"{name}-detail"),
    ]
urlpatterns.append(re_path(r"^(?P<rest>.*)$", views.NotHere.as_view(), name="not-here"))
