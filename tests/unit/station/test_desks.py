"""The plug-in point."""

import pytest

import backbeat.station.desks as desks
from backbeat.errors import Bug


@pytest.fixture(autouse=True)
def nobody_else(monkeypatch):
    monkeypatch.setattr(desks, "_registered", {})


def desk(name: str, prefix: str, app: str = "backbeat.station.cases") -> desks.Desk:
    return desks.Desk(name, app, name.title(), prefix, "case.view", "cases:case")


def test_a_desk_registered_twice_is_there_once():
    desks.register(desk("a", "a"))
    desks.register(desk("a", "a"))
    assert [d.name for d in desks.desks()] == ["a"]


@pytest.mark.parametrize("second", [desk("a", "b"), desk("b", "a")])
def test_two_desks_cannot_share_a_name_or_a_prefix(second):
    desks.register(desk("a", "a"))
    with pytest.raises(Bug, match="two desks"):
        desks.register(second)


def of_the_site(name: str, site_prefix: str) -> desks.Desk:
    return desks.Desk(name, "backbeat.station.cases", name.title(), "", "case.view", "", site_prefix=site_prefix)


def test_a_desk_may_have_pages_that_belong_to_no_case():
    desks.register(of_the_site("a", "crime"))
    desks.register(of_the_site("b", "drones"))
    desks.register(desk("c", "crime"))  # below a case it is another address
    assert next(d.site_urls for d in desks.desks()) == "backbeat.station.cases.site_urls"
    with pytest.raises(Bug, match="two desks"):
        desks.register(of_the_site("d", "crime"))


@pytest.mark.parametrize(("site_prefix", "what"), [("", "no prefix"), ("cases", "the station's own")])
def test_a_desk_must_be_reached_by_an_address_of_its_own(site_prefix, what):
    with pytest.raises(Bug, match=what):
        desks.register(of_the_site("a", site_prefix))


def test_a_desk_without_jobs_has_no_handlers():
    desks.register(desk("a", "a"))
    assert desks.job_handlers() == {}


def test_two_desks_cannot_handle_one_kind_of_job(monkeypatch, tmp_path):
    for name in ("desk_one", "desk_two"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "__init__.py").write_text("")
        (tmp_path / name / "jobs.py").write_text("HANDLERS = {'x.do': print}")
    monkeypatch.syspath_prepend(str(tmp_path))
    desks.register(desk("one", "one", "desk_one"))
    assert list(desks.job_handlers()) == ["x.do"]
    desks.register(desk("two", "two", "desk_two"))
    with pytest.raises(Bug, match=r"x\.do"):
        desks.job_handlers()
