"""What a page reads at once is what it says while it is drawn, and nobody else's: an act asks again."""

from models.corrections import Correction
from models.queries.glance import FACTS
from policies.core.page_reads import once
from policies.corrections.glance import ASKED, SHOWN, fact_of, glance
from policies.corrections.limits import not_applicable
from tests import psql

DEARER = """UPDATE commercial.bill_lines SET amount = amount + %s WHERE id = (SELECT min(l.id) FROM commercial.bill_lines l
             JOIN console.corrections c ON c.bill_id = l.bill_id WHERE c.id = %s)"""


def dearer(office, key, by):
    with psql.unguarded(office, "commercial.bill_lines") as raw:
        raw.execute(DEARER, (by, key))


def test_what_a_page_was_told_ends_with_the_page(office):
    key, other = psql.new_draft(office), psql.new_draft(office)
    with office.speaks("staff") as session:
        seen, unseen = session.get(Correction, key), session.get(Correction, other)
        with glance(seen):
            dearer(office, key, 1)
            dearer(office, other, 1)
            assert fact_of(seen, "drifted") is False and fact_of(unseen, "drifted") is True
        assert fact_of(seen, "drifted") is True and "cambió" in not_applicable(seen, None)
        dearer(office, key, -1)
        assert fact_of(seen, "drifted") is False


def test_together_and_alone_it_says_the_same(office):
    key = psql.sent(office)
    with office.speaks("unit_head") as session:
        correction = session.get(Correction, key)
        alone = {name: fact_of(correction, name) for name in FACTS}
        with glance(correction):
            assert {name: fact_of(correction, name) for name in FACTS} == alone
    assert {*SHOWN, *(name for names in ASKED.values() for name in names)} == {*FACTS}
    assert alone["hands"] and alone["content_hash"] and alone["slots"] and alone["days_off"]


def test_what_costs_is_read_once_for_a_page_and_every_time_for_others(office):
    read = []

    def count():
        read.append(1)
        return len(read)
    with office.speaks("staff") as session:
        correction = session.get(Correction, psql.new_draft(office))
        assert [once(correction, "case", count), once(correction, "case", count)] == [1, 2]
        with glance(correction):
            assert [once(correction, "case", count), once(correction, "case", count)] == [3, 3]
