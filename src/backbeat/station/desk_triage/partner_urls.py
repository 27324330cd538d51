"""Addresses of the partner's pages. A link of a message holds a signed number and nothing else."""

from django.urls import path

from backbeat.station.desk_triage.views import partner, partner_accounts, partner_link

urlpatterns = [
    path("offers/", partner.inbox, name="offers"),
    path("offers/<int:pk>/", partner.offer, name="offer"),
    path("offers/<int:pk>/<slug:name>/", partner.answer, name="answer"),
    path("partners/", partner_accounts.partners, name="partners"),
    path("answer/<str:token>/", partner_link.answer_offer, name="answer-offer"),
]
