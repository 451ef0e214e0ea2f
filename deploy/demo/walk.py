"""The steps of a correction, taken by the people of the office through their acts."""

from typing import NamedTuple

from deploy.demo import evidence, plots
from deploy.demo.people import POSTS, actor
from models import db
from models.billing import Bill
from models.corrections import Correction
from policies import perform, speaks
from policies.core.signing_acts import content_hash
from policies.corrections import acts as desk
from policies.corrections import drafting, signatures

REASONS = {
    "FUGA_OCULTA": "El usuario reportó humedad en el piso; se encontró y reparó la fuga.",
    "TARIFA_CLASE_ERRONEA": "La inspección encontró solo casa habitación.",
    "MEDIDOR_PARADO": "El medidor no avanza; el recibo se estimó muy por arriba de lo medido.",
    "LECTURA_IMPOSIBLE": "La carátula está empañada y el recibo se estimó sin leerla.",
    "MEDIDOR_DANADO_ROBADO": "El usuario reportó el medidor roto; el recibo se estimó.",
    "MEDIDOR_RAPIDO": "El usuario pidió la prueba del medidor y este registró de más.",
    "ESTIMADO_CON_LECTURA": "El recibo se estimó y la visita posterior leyó menos.",
    "LECTURA_ERRONEA": "La fotografía muestra una cifra distinta de la capturada.",
    "CARGO_INDEBIDO": "El recibo cobra IVA sobre el agua de una casa.",
}
ANSWERS = {
    "FUGA_OCULTA": {"leak.repaired": True},
    "TARIFA_CLASE_ERRONEA": {"correct_class": "domestic"},
    "MEDIDOR_RAPIDO": {"registration_percent": 125,
                       "registration_percent.reason": "Promedio de los tres gastos de la prueba."},
    "MEDIDOR_DANADO_ROBADO": {"user_fault": False,
                              "user_fault.reason": "El dictamen halló desgaste, no daño."},
}
RETURNED = "La factura no dice el domicilio; adjunte el reporte de visita."
REJECTED = "La copia del recibo no corresponde al periodo; inicie otra con la correcta."
UNDONE = "La factura de la reparación era de otro domicilio."


class Case(NamedTuple):
    """One story under way: whose bill, which correction, and where its files are kept."""

    row: int
    folder: str
    bill_id: int
    correction_id: int | None = None

    @property
    def plot(self):
        """The anomaly of the account."""
        return plots.of_row(self.row)


def take(mailbox, step, subject, answers=lambda subject: {}):
    """One person takes one step on a record, (model, id); the number of what it made, if any."""
    who = actor(mailbox)
    with speaks(db.session, who, "demo") as session:
        record = session.get(*subject)
        made = perform(session, step, record, who, answers(record))
        number = getattr(made, "id", None)
        session.commit()
    return number


def on(case):
    """(model, key) of the correction of a case."""
    return Correction, case.correction_id


def start(case, _):
    """Begin the correction of the bill."""
    def cause(bill):
        way = next(f"{cause.id}-{version.id}" for cause, version in drafting.ways(bill)
                   if cause.code == case.plot.cause)
        return {"way": way, "reason": REASONS[case.plot.cause]}
    return case._replace(correction_id=take(
        "personal", desk.start_correction, (Bill, case.bill_id), cause))


def calculate(case, _):
    """Type what the procedure asks and compute."""
    take("personal", desk.calculate, on(case), lambda correction: {
        "reason": correction.reason, **typed(case.plot, correction.bill)})
    return case


def typed(plot, bill):
    """What a person answers to the procedure of that cause."""
    if plot.cause == "LECTURA_ERRONEA":
        return {"lectura_correcta": bill.previous_reading.value + plot.usual,
                "lectura_correcta.reason": "Se leyó de nuevo con el usuario presente."}
    if plot.cause == "ESTIMADO_CON_LECTURA":
        return {"estimated": True, "days_between": plots.DAYS_TO_LATER,
                "later_reading": bill.previous_reading.value + later_use(plot, bill),
                "later_reading.reason": "Lectura tomada en la visita, con el usuario presente."}
    return ANSWERS.get(plot.cause, {})


def later_use(plot, bill):
    """The m³ from the reading before the estimate to the real one, at what the account usually takes."""
    days = (bill.period_end - bill.period_start).days + 1
    return round(plot.usual * plots.DAYS_TO_LATER / days)


def prove(case, _):
    """Attach the documents that the procedure asks for."""
    for kind, file in evidence.of(case.folder, case.plot, case.row):
        take("personal", desk.attach, on(case),
             lambda correction, kind=kind, file=file: {"kind": kind, "file": file})
    return case


def submit(case, _):
    """Send the correction to be signed."""
    take("personal", desk.submit, on(case))
    return case


def sign(case, mailbox):
    """Sign it as one person."""
    take(mailbox, signatures.sign, on(case), lambda correction: {
        "seen_hash": content_hash(correction), "method": "password"})
    return case


def sign_all(case, _):
    """Whoever the amount asks for, in order."""
    for role in roles(case):
        sign(case, next(post.mailbox for post in POSTS if post.role == role))
    return case


def roles(case):
    """The offices whose signature it asks for, in order."""
    with speaks(db.session, actor("personal"), "demo") as session:
        correction = session.get(*on(case))
        return [place.role for place in correction.places_now]


def send_back(case, mailbox):
    """Return it to be corrected."""
    take(mailbox, signatures.send_back, on(case), lambda correction: {"reason": RETURNED})
    return case


def reject(case, mailbox):
    """Reject it."""
    take(mailbox, signatures.reject, on(case), lambda correction: {"reason": REJECTED})
    return case


def withdraw(case, _):
    """Withdraw the draft."""
    take("personal", desk.withdraw, on(case))
    return case


def apply(case, _):
    """Apply it."""
    take("personal2", desk.apply, on(case))
    return case


def reverse(case, _):
    """Begin its reversal; the case goes on with it."""
    return case._replace(correction_id=take(
        "personal", desk.start_reversal, on(case), lambda correction: {"reason": UNDONE}))


STEPS = {"start": start, "calculate": calculate, "prove": prove, "submit": submit, "sign": sign,
         "signed": sign_all, "return": send_back, "reject": reject, "withdraw": withdraw, "apply": apply,
         "reverse": reverse}
