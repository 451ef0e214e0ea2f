"""The papers that a demonstration correction carries: invented, small, and really stored."""

from deploy.demo import files
from deploy.demo.anomalies import number

# cause: (requirement of the procedure, file name, what the page says; None: a photograph)
PAPERS = {
    "FUGA_OCULTA": ("repair_invoice", "factura-reparacion",
                    "Factura de plomería: reparación de fuga oculta. Cuenta {account}."),
    "TARIFA_CLASE_ERRONEA": ("use_inspection", "inspeccion-de-uso",
                             "Inspección: casa habitación, sin actividad comercial. Cuenta {account}."),
    "MEDIDOR_PARADO": ("meter_photo", "fotografia-del-medidor", None),
    "LECTURA_IMPOSIBLE": ("meter_photo", "fotografia-del-medidor", None),
    "LECTURA_ERRONEA": ("meter_photo", "fotografia-del-medidor", None),
    "MEDIDOR_RAPIDO": ("meter_test", "prueba-del-medidor",
                       "Prueba del medidor en banco: registra 125 %. Cuenta {account}."),
    "ESTIMADO_CON_LECTURA": ("meter_photo", "fotografia-del-medidor", None),
    "MEDIDOR_DANADO_ROBADO": ("inspection_act", "acta-de-inspeccion",
                              "Acta: medidor dañado por desgaste. Cuenta {account}."),
    "CARGO_INDEBIDO": ("bill_copy", "copia-del-recibo", "Copia del recibo de la cuenta {account}."),
}


def of(folder, plot, row):
    """(requirement, stored file) for each paper that the cause asks for."""
    kind, name, sentence = PAPERS[plot.cause]
    name = f"{name}-{number(row)}"
    if sentence is None:
        return [(kind, files.photograph(folder, name))]
    return [(kind, files.paper(folder, name, sentence.format(account=number(row))))]
