"""Every address of Slipway. Everything asks for a sign-in except what tests/architecture/test_urls.py lists."""

from allauth.account import views as account
from django.urls import URLPattern, URLResolver, include, path, register_converter

from dashboard.converters import NameConverter
from dashboard.views import account as own_account
from dashboard.views import (
    api,
    artifact_rules,
    audit,
    bindings,
    clusters,
    compare,
    connect,
    first,
    gallery,
    health,
    identities,
    overview,
    people,
    pipeline,
    registry,
    release,
    releases,
    saved_views,
    search,
    sync,
)

handler400 = "dashboard.views.errors.bad_request"
handler403 = "dashboard.views.errors.not_allowed"
handler404 = "dashboard.views.errors.not_found"
handler500 = "dashboard.views.errors.broken"

register_converter(NameConverter, "name")

urlpatterns: list[URLPattern | URLResolver] = [
    path("", overview.show, name="overview"),
    path("releases/", releases.show, name="releases"),
    path("releases/choices/<str:name>/", releases.choose, name="release_choices"),
    path("p/<slug:project>/releases/<int:azure_id>/", release.show, name="release"),
    path("p/<slug:project>/releases/<int:azure_id>/timeline/", release.happened, name="release_timeline"),
    path("p/<slug:project>/releases/<int:azure_id>/variables/", release.variables, name="release_variables"),
    path("releases/export.csv", releases.export, name="releases_export"),
    path("releases/views/", saved_views.show, name="saved_views"),
    path("releases/views/save/", saved_views.save, name="save_view"),
    path("releases/views/<int:view>/overwrite/", saved_views.overwrite, name="overwrite_view"),
    path("releases/views/<int:view>/rename/", saved_views.rename, name="rename_view"),
    path("releases/views/<int:view>/delete/", saved_views.delete, name="delete_view"),
    path("compare/", compare.show, name="compare"),
    path("clusters/", clusters.show, name="clusters"),
    path("clusters/moving/", clusters.moving, name="clusters_moving"),
    path("clusters/bind/", bindings.bind, name="bind_stage"),
    path("clusters/<int:workspace>/<path:name>/", clusters.endpoint, name="endpoint"),
    path("w/<int:workspace>/models/<name:name>/<name:version>/", registry.model_version, name="model_version"),
    path("w/<int:workspace>/runs/<name:name>/", registry.training_run, name="training_run"),
    path("audit/", audit.trace, name="audit"),
    path("audit/live-at/", audit.live, name="live_at"),
    path("search/", search.show, name="search"),
    path("people/", people.show, name="people"),
    path("people/<int:pk>/", people.person, name="person"),
    path("people/<int:pk>/grant/", people.grant, name="grant_role"),
    path("people/<int:pk>/revoke/", people.revoke, name="revoke_role"),
    path("people/<int:pk>/close/", people.close, name="close_account"),
    path("people/<int:pk>/reopen/", people.reopen, name="reopen_account"),
    path("people/<int:pk>/keys/<slug:prefix>/revoke/", people.revoke_key, name="revoke_key_of"),
    path("people/invite/", people.invite_person, name="invite"),
    path("people/invitations/<int:pk>/withdraw/", people.withdraw_link, name="withdraw_invitation"),
    path("people/identities/", identities.show, name="identities"),
    path("people/identities/<int:pk>/", identities.place, name="place_identity"),
    path("sync/", sync.show, name="sync"),
    path("sync/now/", sync.now, name="sync_now"),
    path("sync/ago/", sync.synced, name="synced"),
    path("connect/", connect.show, name="connect"),
    path("connect/<uuid:inquiry>/", connect.answer, name="connect_answer"),
    path("connect/<uuid:inquiry>/save/", connect.save, name="connect_save"),
    path("p/<slug:project>/pipelines/<int:azure_id>/", pipeline.show, name="pipeline"),
    path("rules/artifacts/", artifact_rules.show, name="artifact_rules"),
    path("rules/artifacts/add/", artifact_rules.add, name="artifact_rule_add"),
    path("rules/artifacts/<int:rule>/", artifact_rules.change, name="artifact_rule_change"),
    path("rules/artifacts/<int:rule>/delete/", artifact_rules.delete, name="artifact_rule_delete"),
    path("rules/artifacts/try/<uuid:inquiry>/", artifact_rules.tried, name="artifact_rule_try"),
    path("rules/artifacts/try/<uuid:inquiry>/save/", artifact_rules.save, name="artifact_rule_save"),
    path("account/", own_account.account, name="account"),
    path("account/keys/", own_account.make_key, name="make_key"),
    path("account/keys/<slug:prefix>/revoke/", own_account.revoke_key, name="revoke_own_key"),
    path("account/theme/", own_account.theme, name="theme"),
    path("ui/", gallery.show, name="gallery"),
    path("health", health.health, name="health"),
    path("api/", api.show, name="api"),
    path("api/v1/", include("releases.api.urls")),
    path("accounts/first/<str:secret>/", first.first, name="first"),
    path("accounts/login/", account.login, name="account_login"),
    path("accounts/logout/", account.logout, name="account_logout"),
    path("accounts/inactive/", account.account_inactive, name="account_inactive"),
    path("accounts/reauthenticate/", account.reauthenticate, name="account_reauthenticate"),
    path("accounts/password/", account.password_change, name="account_change_password"),
]
