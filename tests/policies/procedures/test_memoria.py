"""The report people read: plain rows with figures as they are written in México."""
from policies.procedures.engine import compute
from policies.procedures.memoria import paragraphs
from tests.policies.procedures.cases import adopted, leak_facts, make_bill, rate_at


def report(**changes):
    return paragraphs(compute(adopted("slp-fuga-oculta"), leak_facts(**changes), rate_at))


def test_leak_report_reads_from_the_bill_to_the_credit():
    rows = {row["label"]: row for row in report()}
    assert rows["Consumo facturado"]["figure"] == "34 m³"
    assert rows["Referencia"] == {
        "label": "Referencia", "figure": "14 m³",
        "how": "promedio de 12 periodos: 14 + 14 + 14 + 14 + 14 + 14 + 14 + 14 + 14 + 14 + 14 + 14, entre 12 (recibos "
               + ", ".join(f"R-2024-{month:02d}" for month in range(1, 13)) + ")"}
    assert rows["Renglón de agua"]["how"] == "antes $511.00 más IVA $0.00; después $162.00 más IVA $0.00"
    assert rows["Renglón de agua"]["figure"] == "−$349.00"
    assert report()[-1] == {"label": "A favor del usuario", "figure": "−$500.82",
                            "how": "total corregido $232.47 menos total facturado $733.29"}


def test_every_row_is_three_texts():
    assert all(set(row) == {"label", "how", "figure"} and all(isinstance(text, str) for text in row.values())
               for row in report() + report(inputs={}))


def test_refused_report_ends_with_why_and_shows_no_lines():
    rows = report(volume=27)
    assert rows[-1]["label"] == "No procede"
    assert "debe ser por lo menos 28 m³" in rows[-1]["how"]
    assert not any(row["label"].startswith("Renglón") for row in rows)


def test_warnings_are_told():
    rows = report(bill=make_bill(34, lines=make_bill(40).lines))
    assert any(row["label"] == "Advertencia" and "no es lo que da la tarifa" in row["how"] for row in rows)


def test_a_debit_is_named_as_such():
    outcome = compute(adopted("slp-clase-tarifaria"), leak_facts(inputs={"correct_class": "commercial"}, extra={}), rate_at)
    assert paragraphs(outcome)[-1]["label"] == "A cargo del usuario"
    assert paragraphs(outcome)[-1]["figure"] == "$963.79"
