"""Whoever sends, signs or reads a correction is told what its account adds up; the auditor has a check for it."""

import pytest

from policies.batches import acts as batch_acts
from tests import psql
from tests.policies.batches import Batches
from tests.policies.test_accumulated import bills

TOLD = ("Esta cuenta acumula $1,800.00 en 2 correcciones desde el", "por eso firman Titular de la Unidad de Atención "
        "Social y Dirección de Comercialización.")


@pytest.fixture(scope="module")
def second(office):
    """The second correction of one account, each of 900 pesos."""
    return [psql.sent(office, 900, bill) for bill in bills(office, 2)][1]


@pytest.mark.parametrize("address", ["/correcciones/{}/", "/correcciones/{}/acto/sign/"])
def test_the_signer_is_told(office, second, address):
    page = office.client("unit_head").get(address.format(second)).text
    assert all(words in page for words in TOLD)


def test_who_sends_is_told_before_sending(office):
    first, last = bills(office, 2)
    psql.sent(office, 900, first)
    key = psql.new_draft(office, 900, bill=last)
    with psql.unguarded(office, "console.corrections") as raw:
        raw.execute("UPDATE console.corrections c SET procedure_version_id = v.id, sources = (SELECT s.sources FROM"
                    " console.sources(ARRAY[c.bill_id], v.id, NULL) s) FROM console.procedure_versions v"
                    " JOIN console.procedures p ON p.id = v.procedure_id WHERE p.code = 'slp-iva-por-linea'"
                    " AND c.id = %s", (key,))
    with office.program("staff") as raw:
        psql.file_for(raw, key, kind="bill_copy")
    page = office.client("staff").get(f"/correcciones/{key}/acto/submit/").text
    assert all(words in page for words in TOLD), page


def test_the_sheet_prints_it_and_a_lone_correction_says_nothing(office, second):
    alone = psql.sent(office, 900)
    client = office.client("unit_head")
    told = client.get(f"/correcciones/{alone}/").text.split("<main")[1]    # the menu names the windows
    assert "acumula" not in told
    assert client.get(f"/correcciones/{second}/cedula.pdf").status_code == 200


def test_the_auditor_has_a_check_of_accounts_that_were_cut_into_parts(office, second):
    page = office.client("auditor").get("/").text
    number = office.scalar("SELECT a.number FROM console.corrections c JOIN commercial.accounts a ON a.id = c.account_id"
                           " WHERE c.id = %s", second)
    assert "Fraccionamiento" in page and f"Cuenta {number}" in page
    assert "Cuentas cuyas correcciones de la ventana, juntas, pasan del nivel de firma de cada una" in page


@pytest.fixture(scope="module")
def batches(office):
    return Batches(office)


def test_a_batch_asks_what_one_of_its_accounts_adds_up_and_says_which(office, batches):
    """The account holds 12,000 pesos of corrections; the batch moves less than that, on all its accounts."""
    key = batches.computed()
    account = office.scalar("SELECT min(account_id) FROM console.batch_rows WHERE batch_id = %s AND eligible", key)
    other = office.scalar("SELECT max(b.id) FROM commercial.bills b WHERE b.account_id = %s AND NOT EXISTS (SELECT FROM"
                          " console.batch_rows r WHERE r.bill_id = b.id)", account)
    psql.sent(office, 120000, other)
    batches.attached(key)
    batches.perform(batch_acts.submit_batch, key)
    told = office.scalar("SELECT accumulated FROM console.correction_batches WHERE id = %s", key)
    assert [place["role"] for place in office.scalar(psql.BATCH_PLACES, key)] == ["unit_head", "commercial_director", "general_director"]
    own = office.scalar("SELECT abs(amount) FROM console.batch_rows WHERE batch_id = %s AND account_id = %s", key, account)
    assert told["amount"] == str(120000 + own) and told["corrections"] == 2
    page = office.client("unit_head").get(f"/lotes/{key}/").text
    assert f"La cuenta {told['account']} acumula $1" in page and "contando este lote" in page
    # Its rows count for the account from now on, and each of its bills once.
    again = psql.sent(office, 1, office.scalar(
        "SELECT max(b.id) FROM commercial.bills b WHERE b.account_id = %s AND NOT EXISTS (SELECT FROM console.corrections"
        " c WHERE c.bill_id = b.id) AND NOT EXISTS (SELECT FROM console.batch_rows r WHERE r.bill_id = b.id)", account))
    found = office.scalar("SELECT accumulated FROM console.corrections WHERE id = %s", again)
    assert (found["amount"], found["corrections"]) == (str(120001 + own), 3)
