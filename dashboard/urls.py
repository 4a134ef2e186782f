"""Every address of Slipway. Everything asks for a sign-in except what tests/architecture/test_urls.py lists."""

from allauth.account import views as account
from django.urls import URLPattern, URLResolver, include, path

from dashboard.views import first, health

urlpatterns: list[URLPattern | URLResolver] = [
    path("health", health.health, name="health"),
    path("api/v1/", include("releases.api.urls")),
    path("accounts/first/<str:secret>/", first.first, name="first"),
    path("accounts/login/", account.login, name="account_login"),
    path("accounts/logout/", account.logout, name="account_logout"),
    path("accounts/inactive/", account.account_inactive, name="account_inactive"),
    path("accounts/reauthenticate/", account.reauthenticate, name="account_reauthenticate"),
    path("accounts/password/", account.password_change, name="account_change_password"),
]
