"""Addresses of the redaction desk, below /cases/<case_id>/redaction/."""

from django.urls import path

from backbeat.station.desk_redaction.views import deciding, page, release, start

app_name = "desk_redaction"

_PAGE = "<int:pk>/documents/<int:document_pk>/pages/<int:number>"

urlpatterns = [
    path("", start.home, name="home"),
    path("<int:pk>/", start.overview, name="overview"),
    path("<int:pk>/status/", start.status, name="status"),
    path("<int:pk>/try-again/", start.try_again, name="try-again"),
    path("<int:pk>/people/", start.people, name="people"),
    path("<int:pk>/activity/", start.activity, name="activity"),
    path("<int:pk>/review/", deciding.review, name="review"),
    path("<int:pk>/places/", deciding.places, name="places"),
    path("<int:pk>/decide/", deciding.decide, name="decide"),
    path("<int:pk>/undo/", deciding.undo, name="undo"),
    path(f"{_PAGE}/", page.page, name="page"),
    path(f"{_PAGE}/picture.jpg", page.picture, name="picture"),
    path(f"{_PAGE}/marks/", page.draw, name="draw"),
    path("<int:pk>/release/", release.release, name="release"),
    path("<int:pk>/download/", release.download, name="download"),
]
