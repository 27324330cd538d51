"""Addresses of case pages. They hold ids only: no reference and no name ever stands in an address."""

from django.urls import path

from backbeat.station.cases import views

app_name = "cases"

urlpatterns = [
    path("", views.cases, name="list"),
    path("search/", views.search, name="search"),
    path("new/", views.new_case, name="new"),
    path("<uuid:case_id>/", views.case, name="case"),
    path("<uuid:case_id>/change/", views.change_case, name="change"),
    path("<uuid:case_id>/members/", views.members, name="members"),
    path("<uuid:case_id>/members/<uuid:user_id>/remove/", views.remove_member, name="remove-member"),
    path("<uuid:case_id>/people/", views.people, name="people"),
    path("<uuid:case_id>/people/add/", views.add_person, name="add-person"),
    path("<uuid:case_id>/people/<uuid:person_id>/", views.change_person, name="change-person"),
    path("<uuid:case_id>/people/<uuid:person_id>/remove/", views.remove_person, name="remove-person"),
    path("<uuid:case_id>/evidence/", views.evidence, name="evidence"),
    path("<uuid:case_id>/evidence/add/", views.upload, name="upload"),
    path("<uuid:case_id>/evidence/removed/", views.removed_evidence, name="removed-evidence"),
    path("<uuid:case_id>/evidence/<uuid:item_id>/", views.item, name="item"),
    path("<uuid:case_id>/evidence/<uuid:item_id>/original/", views.original, name="original"),
    path("<uuid:case_id>/evidence/<uuid:item_id>/remove/", views.remove_item, name="remove-item"),
    path("<uuid:case_id>/evidence/<uuid:item_id>/restore/", views.restore_item, name="restore-item"),
]
