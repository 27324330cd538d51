"""Addresses of the board, the supervisor's page, samples of declined calls and the figures."""

from django.urls import path

from backbeat.station.desk_triage.views import board, board_call, board_figures, board_samples

urlpatterns = [
    path("board/", board.board, name="board"),
    path("board/pulse/", board.pulse, name="pulse"),
    path("board/waiting/", board.waiting, name="waiting"),
    path("board/<uuid:pk>/", board_call.supervise, name="supervise"),
    path("board/<uuid:pk>/<slug:name>/", board_call.decide, name="decide"),
    path("samples/", board_samples.samples, name="samples"),
    path("samples/<int:pk>/", board_samples.sample, name="sample"),
    path("samples/<int:pk>/<int:number>/", board_samples.sampled, name="sampled"),
    path("figures/", board_figures.figures, name="figures"),
    path("figures/record/", board_figures.record_hours, name="record-hours"),
    path("figures.csv", board_figures.figures_csv, name="figures-csv"),
]
