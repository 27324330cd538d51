"""Addresses of the policy's pages."""

from django.urls import path

from backbeat.station.desk_triage.views import policy

urlpatterns = [
    path("policy/", policy.policy, name="policy"),
    path("policy/tables.xlsx", policy.download, {"form": "xlsx"}, name="policy-workbook"),
    path("policy/tables.zip", policy.download, {"form": "csv"}, name="policy-csv"),
    path("policy/policy.dmn", policy.download, {"form": "dmn"}, name="policy-dmn"),
    path("policy/upload/", policy.upload, name="policy-upload"),
    path("policy/drafts/<int:pk>/", policy.draft, name="policy-draft"),
    path("policy/drafts/<int:pk>/draft.json", policy.draft_file, name="policy-draft-file"),
    path("policy/drafts/<int:pk>/sign/", policy.sign, name="policy-sign"),
    path("policy/drafts/<int:pk>/set-aside/", policy.drop, name="policy-set-aside"),
]
