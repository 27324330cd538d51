"""Every address of the station."""

from allauth.account import views as account
from django.conf import settings
from django.urls import include, path

from backbeat.station import desks
from backbeat.station.home import views as home

handler400 = "backbeat.station.pages.bad_request"
handler404 = "backbeat.station.pages.not_found"
handler500 = "backbeat.station.pages.server_error"

# Only the parts of allauth that exist here: nobody signs up, and there is no mail to reset a password by.
sign_in = [
    path("login/", account.login, name="account_login"),
    path("logout/", account.logout, name="account_logout"),
    path("inactive/", account.account_inactive, name="account_inactive"),
    path("password/change/", account.password_change, name="account_change_password"),
    path("reauthenticate/", account.reauthenticate, name="account_reauthenticate"),
    path("second-step/", include("allauth.mfa.urls")),
]
if settings.SINGLE_SIGN_ON:
    sign_in += [
        path("sso/", include("allauth.socialaccount.urls")),
        path("", include("allauth.socialaccount.providers.openid_connect.urls")),
    ]

urlpatterns = [
    path("", home.home, name="home"),
    path("hours/", home.hours, name="hours"),
    path("system/", home.system, name="system"),
    path("about/", home.about, name="about"),
    path("health/", home.health, name="health"),
    path("account/", include(sign_in)),
    path("account/", include("backbeat.station.accounts.urls")),
    path("access-log/", include("backbeat.station.audit.urls")),
    path("cases/", include("backbeat.station.cases.urls")),
    *(path(f"cases/<uuid:case_id>/{desk.prefix}/", include(desk.urls)) for desk in desks.desks() if desk.prefix),
    *(path(f"{desk.site_prefix}/", include(desk.site_urls)) for desk in desks.desks() if desk.site_prefix),
]
