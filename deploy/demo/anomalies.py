"""What is wrong in the demonstration, on purpose: where it is, why, and what one should find."""

from decimal import Decimal
from typing import NamedTuple

from deploy.demo import plots
from deploy.demo.months import months_ago
from deploy.demo.plots import Plot
from deploy.demo.tariffs import TAX, priced, total
from models.customers import TariffClass

FIRST = 10_000_000
CENT = Decimal("0.01")


class Listed(NamedTuple):
    """One anomaly: `credit` is what the correction should give back, MXN (None: it must refuse)."""

    account: str
    folio: str
    cause: str
    credit: Decimal | None
    find: str


def number(row):
    """The account number of the n-th account, from 1."""
    return str(FIRST + row)


def fresh(cause):
    """Known accounts with that cause, of houses, on which no correction was started."""
    return [number(row) for row, plot in plots.KNOWN.items()
            if plot.cause == cause and plot.fits and (row < plots.BIG or row > plots.TOO_NEW)]


LEAKS = fresh("FUGA_OCULTA")
WRONG_CLASS = fresh("TARIFA_CLASE_ERRONEA")
STOPPED_METERS = fresh("MEDIDOR_PARADO")
UNREADABLE_METERS = fresh("LECTURA_IMPOSIBLE")
WRONG_READINGS = fresh("LECTURA_ERRONEA")
WRONG_TAX = fresh("CARGO_INDEBIDO")
DAMAGED_METERS = fresh("MEDIDOR_DANADO_ROBADO")
FAST_METERS = fresh("MEDIDOR_RAPIDO")
LATER_READINGS = fresh("ESTIMADO_CON_LECTURA")


def folio(row, plot):
    """The folio of the bill that is wrong in the n-th account."""
    return bill_folio(months_ago(plot.back), number(row))


def bill_folio(month, account):
    """The folio of an account's bill of a month."""
    return f"R-{month.tag}-{account}"


def billed(plot, back):
    """The lines that the account is charged `back` months before the anomaly; 0: at it."""
    tariff_class, volume = plot.tariff_class, plots.volume(plot, back)
    if back == 0 and plot.cause == "TARIFA_CLASE_ERRONEA":
        tariff_class = TariffClass.COMMERCIAL
    lines = priced(tariff_class, volume)
    return taxed(lines) if back == 0 and plot.cause == "CARGO_INDEBIDO" else lines


def taxed(lines):
    """A house charged tax on its water."""
    return tuple((service, amount, TAX, (amount * TAX / 100).quantize(CENT))
                 for service, amount, _, _ in lines)


def right_total(plot):
    """What the bill should have said, MXN, by the procedure that fits the cause."""
    if plot.cause == "MEDIDOR_DANADO_ROBADO":
        two = total(billed(plot, 1)) + total(billed(plot, 2))
        return (two / 2).quantize(CENT, "ROUND_HALF_UP")
    same = plot.cause in ("TARIFA_CLASE_ERRONEA", "CARGO_INDEBIDO")
    return total(priced(plot.tariff_class, plot.billed if same else plot.usual))


def listed(accounts):
    """Every anomaly planted among the first `accounts` accounts, in their order."""
    return [describe(row, plot) for row in range(1, accounts + 1) if (plot := plots.of_row(row))]


def describe(row, plot):
    """One anomaly in words: where it is, and what its correction should give back."""
    before, after = total(billed(plot, 0)), right_total(plot)
    where = (number(row), folio(row, plot), plot.cause)
    if not plot.fits:
        return Listed(*where, None, FINDS_NOTHING[plot.short])
    return Listed(*where, before - after, f"{FINDS[plot.cause].format(**words(plot))} "
                                          f"De ${before:,.2f} a ${after:,.2f}.")


def words(plot: Plot):
    """The figures that the sentences of FINDS name."""
    return {"billed": plot.billed, "usual": plot.usual}


FINDS = {
    "FUGA_OCULTA": "Fuga reparada: {billed} m³ en una cuenta que promedia {usual}.",
    "TARIFA_CLASE_ERRONEA": "Casa cobrada como comercio: los mismos {billed} m³ con tarifa doméstica.",
    "MEDIDOR_PARADO": "Medidor descompuesto, estimado en {billed} m³; lo medido promedia {usual}.",
    "LECTURA_IMPOSIBLE": "Medidor ilegible, estimado en {billed} m³; lo medido promedia {usual}.",
    "LECTURA_ERRONEA": "Lectura mal tomada: se cobraron {billed} m³ y se usaron {usual}.",
    "CARGO_INDEBIDO": "IVA cobrado sobre el agua de una casa ({billed} m³).",
    "MEDIDOR_RAPIDO": "Medidor que registra 125 %: se cobraron {billed} m³ y pasaron {usual}.",
    "ESTIMADO_CON_LECTURA": "Recibo estimado en {billed} m³; la lectura de 51 días después da {usual}.",
    "MEDIDOR_DANADO_ROBADO": "Medidor dañado, estimado en {billed} m³; rige el promedio de los dos "
                             "recibos anteriores.",
}
FINDS_NOTHING = {
    True: "Cuenta nueva: no hay historial suficiente y el cálculo se niega.",
    False: "El consumo no llega al doble del promedio y la fuga no procede.",
}


def main():
    """Print every anomaly of the demonstration."""
    for row in listed(2000):
        credit = "no procede" if row.credit is None else f"${row.credit:,.2f}"
        print(f"{row.account}  {row.folio}  {row.cause:<22} {credit:>13}  {row.find}")


if __name__ == "__main__":
    main()
