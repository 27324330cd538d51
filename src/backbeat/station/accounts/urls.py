"""One's own account, and managing users."""

from django.urls import path

from backbeat.station.accounts import views

app_name = "accounts"

urlpatterns = [
    path("", views.mine, name="mine"),
    path("users/", views.users, name="users"),
    path("users/add/", views.add_user, name="add-user"),
    path("users/<uuid:user_id>/", views.user, name="user"),
    path("users/<uuid:user_id>/end-sessions/", views.end_sessions, name="end-sessions"),
    path("users/<uuid:user_id>/unlock/", views.unlock, name="unlock"),
]
