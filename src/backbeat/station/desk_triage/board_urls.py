"""Addresses of the board, the supervisor's page, samples of declined calls and the figures."""

from django.urls import path

from backbeat.station.desk_triage.views import board, board_call

urlpatterns = [
    path("board/", board.board, name="board"),
    path("board/pulse/", board.pulse, name="pulse"),
    path("board/waiting/", board.waiting, name="waiting"),
    path("board/<uuid:pk>/", board_call.supervise, name="supervise"),
    path("board/<uuid:pk>/<slug:name>/", board_call.decide, name="decide"),
]
