"""What a list and a page say that a batch moved is what its notes moved: a twin that applied nothing moved nothing."""

import psycopg
import pytest

from models.batches import BatchState as B
from models.batches import CorrectionBatch
from policies.batches import acts
from policies.core.figures import money
from tests.policies.batches import Batches

MOVED = "SELECT moved FROM console.correction_batches WHERE id = %s"


@pytest.fixture(scope="module")
def twins(office):
    """Two signed batches over the same bills: the first is applied, then the second finds every bill corrected."""
    batches = Batches(office)
    first, second = batches.signed(), batches.signed()
    for key in (first, second):
        batches.perform(acts.apply_batch, key)
        batches.work()
        assert batches.state(key) == B.APPLIED, batches.trouble(key)
    return batches, first, second


def test_a_batch_moved_what_its_notes_say(twins):
    batches, first, second = twins
    assert batches.scalar(MOVED, first) == batches.notes(first)[2] == batches.figures(first)[2] < 0
    assert batches.scalar(MOVED, second) == batches.notes(second)[2] == 0 > batches.figures(second)[2]


def test_its_page_its_list_and_its_annex_say_so(office, twins):
    batches, _, second = twins
    client, proposed = office.client("staff"), money(abs(batches.figures(second)[2]))
    page = client.get(f"/lotes/{second}/").text
    assert f"De {proposed} que proponía no se movió nada: todos sus recibos quedaron fuera" in page
    assert "Sin diferencia" in page and "A favor del usuario</span>" not in page
    row = client.get("/lotes/?columnas=folio,amount,moved").text.split(f"/lotes/{second}/")[1].split("</tr>")[0]
    assert money(-abs(batches.figures(second)[2])) in row and "$0.00" in row
    assert "Propuesto (MXN)" in client.get("/lotes/").text and "Movido (MXN)" in client.get("/lotes/").text
    with office.speaks("staff") as session:
        assert session.get(CorrectionBatch, second).effect == 0
    assert "no se aplicó" in page      # in the samples, where each row's amount would be
    with client.get("/lotes/exportar/csv/") as exported:
        assert "Propuesto (MXN)" in exported.text and "Movido (MXN)" in exported.text


def test_no_program_writes_what_a_batch_moved(office, twins):
    _, first, _ = twins
    for role in (None, "staff"):
        with pytest.raises(psycopg.Error) as caught, office.program(role) as raw:
            raw.execute("UPDATE console.correction_batches SET moved = 1 WHERE id = %s", (first,))
        assert caught.value.sqlstate in ("AG002", "42501")
