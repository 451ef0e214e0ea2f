"""Evidence: one whole alternative of each group, and documents asked only when they apply."""
from policies.procedures.evidence import missing_evidence
from tests.policies.procedures.cases import adopted


def test_leak_needs_the_invoice_or_the_photo_with_the_visit():
    leak = adopted("slp-fuga-oculta")
    assert missing_evidence(leak, {"repair_invoice"}, {}) == ()
    assert missing_evidence(leak, {"repair_photo", "visit_report"}, {}) == ()
    assert missing_evidence(leak, {"repair_photo"}, {}) == (
        ("Falta evidencia: factura de la reparación; o bien fotografía de la reparación y reporte de visita. "
        "Adjúntela al caso."),)


def test_conditional_document_is_asked_until_known_unneeded():
    meter = adopted("slp-medidor-danado")
    assert missing_evidence(meter, {"inspection_act"}, {"user_fault": False}) == ()
    for names in ({"user_fault": True}, {}):
        assert missing_evidence(meter, {"inspection_act"}, names) == (
            "Falta evidencia: dictamen de responsabilidad. Adjúntela al caso.",)
    assert len(missing_evidence(meter, set(), {"user_fault": True})) == 2
