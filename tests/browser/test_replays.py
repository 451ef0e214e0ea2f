"""A version is tried over past bills and the page follows it, with and without JavaScript."""

from playwright.sync_api import expect

from admin_views.core import worker
from tests.browser.axe import violations
from tests.policies.test_replays import drafted, milder, whole, worked

WIDE = "document.documentElement.scrollWidth > document.documentElement.clientWidth"


def begun(person, version):
    person.open(f"/procedimientos/{version}/acto/try_on_past_bills/")
    page = person.page
    page.get_by_label("Meses hacia atrás").fill("3")
    page.get_by_role("group", name="La fuga está reparada").get_by_label("Sí").check()
    page.get_by_role("button", name="Probar con recibos anteriores").click()
    page.wait_for_url("**/pruebas/*/")
    return page


def test_the_bar_moves_by_itself_and_the_figures_come_when_it_ends(sit, office, monkeypatch):
    monkeypatch.setattr("policies.replays.acts.CHUNK", 60)
    person = sit("staff")
    page = begun(person, drafted(office, milder))
    expect(page.get_by_role("progressbar")).to_have_attribute("value", "0")
    with office.app.app_context():
        assert worker.take_one()
    expect(page.get_by_role("progressbar")).to_have_attribute("value", "60")
    worked(office)
    page.get_by_role("heading", name="Qué se encontró").wait_for()
    assert page.get_by_role("table", name="Por qué no proceden").count() == 1
    assert violations(page) == []
    page.set_viewport_size({"width": 360, "height": 800})
    assert not page.evaluate(WIDE) and person.faults == []


def test_without_javascript_the_page_is_asked_for_again(sit, office):
    person = sit("staff", java_script_enabled=False)
    page = begun(person, drafted(office))
    worked(office)
    page.get_by_role("link", name="Actualizar").click()
    assert page.get_by_role("heading", name="Qué se encontró").count() == 1
    assert whole(office, int(page.url.rstrip("/").rsplit("/", 1)[1])).state == "done"
