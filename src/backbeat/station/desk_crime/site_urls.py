"""Addresses of the crime desk, below /crime/. They hold ids only: no reference ever stands in an address."""

from django.urls import path

from backbeat.station.desk_crime.views import (
    auditing,
    entering,
    exchange,
    flagging,
    proposing,
    queue,
    requests,
    ruling,
    showing,
)

app_name = "desk_crime"

urlpatterns = [
    path("", queue.queue, name="queue"),
    path("find/", queue.find, name="find"),
    path("new/", entering.new, name="new"),
    path("registrar/", ruling.registrar, name="registrar"),
    path("audit/", auditing.audits, name="audits"),
    path("audit/<int:pk>/", auditing.sample, name="sample"),
    path("audit/<int:pk>/<int:number>/", auditing.item, name="item"),
    path("import/", exchange.take_in, name="import"),
    path("import/template.csv", exchange.template, name="template"),
    path("export/", exchange.export, name="export"),
    path("rules/<str:edition>/<str:document>/<str:page>/", showing.source, name="source"),
    path("requests/", requests.waiting, name="requests"),
    path("<uuid:pk>/", showing.report, name="report"),
    path("<uuid:pk>/form/", entering.form, name="form"),
    path("<uuid:pk>/details/", entering.details, name="details"),
    path("<uuid:pk>/answer/", entering.answer, name="answer"),
    path("<uuid:pk>/change-answer/", entering.change_answer, name="change-answer"),
    path("<uuid:pk>/flags/", flagging.flags, name="flags"),
    path("<uuid:pk>/undo/", entering.undo, name="undo"),
    path("<uuid:pk>/record/", entering.record_it, name="record"),
    path("<uuid:pk>/queue/", entering.put_back, name="put-back"),
    path("<uuid:pk>/narrative/", entering.narrative, name="narrative"),
    path("<uuid:pk>/proposals/", proposing.proposals, name="proposals"),
    path("<uuid:pk>/assign/", queue.assign, name="assign"),
    path("<uuid:pk>/rule/", ruling.rule, name="rule"),
    path("<uuid:pk>/oversee/", ruling.oversee, name="oversee"),
    path("<uuid:pk>/requests/new/<str:kind>/", requests.new, name="request-new"),
    path("<uuid:pk>/requests/<int:number>/", requests.show, name="request"),
    path("<uuid:pk>/requests/<int:number>/answer/", requests.answer, name="request-answer"),
    path("<uuid:pk>/requests/<int:number>/decide/", requests.decide, name="request-decide"),
    path("<uuid:pk>/requests/<int:number>/withdraw/", requests.withdraw, name="request-withdraw"),
    path("<uuid:pk>/requests/<int:number>/take-back/", requests.take_back, name="request-take-back"),
    path("<uuid:pk>/duty/", showing.duty, name="duty"),
    path("<uuid:pk>/decide-again/", showing.reopen, name="reopen"),
    path("<uuid:pk>/close/", showing.close, name="close"),
    path("<uuid:pk>/versions/<int:number>/", showing.version, name="version"),
    path("<uuid:pk>/versions/<int:number>/decision.json", showing.decision_file, name="decision-file"),
]
