"""The accounts of a batch from a file: each row whole and understood, or one message and nothing kept."""

import re
from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy.orm import Session

from models.batches import MOST_BILLS
from models.queries import batches as find
from policies.core.file_figures import FileFigures
from policies.core.file_headings import Sheet, under_headings
from policies.core.rules import Broken
from policies.core.typed_days import day
from policies.core.typed_words import unaccented, yes_or_no
from policies.corrections.drafting import captured_by_people, limits_of
from policies.procedures.definition import Definition
from policies.procedures.grammar import suggestion
from policies.procedures.requisites import InputField
from policies.procedures.vocabulary import choice_label

ACCOUNT = ("cuenta", "numero de cuenta", "no. de cuenta", "no de cuenta", "num. de cuenta", "cuentas")
NUMBER = re.compile(r"[0-9]{4,12}")
TOLD = 5        # faults that one message names
QUOTES = str.maketrans("", "", "«»\"'")


@dataclass
class Columns:
    """Where the account and each figure stand in a file, and the columns that are not used."""

    account: int
    inputs: dict[int, tuple[str, InputField | None]]    # place → (input's name, field; None where it is its reason)
    unused: list[str]
    width: int


def accounts_of(session: Session, definition: Definition, sheet: Sheet) -> tuple[dict[str, dict], list[str]]:
    """({account number: {input: value}}, what a person should know of how the file was read).

    Values are as the procedure's inputs keep them. Raises Broken, which names the rows and the mend.
    """
    names = inputs_by_heading(definition)
    headings, rows, notes = under_headings(sheet.rows, {*ACCOUNT, *names})
    columns, rows = understood(headings, names), list(rows)
    figures = FileFigures(cells[place].strip() for _, cells in rows for place, (_, field) in columns.inputs.items()
                          if field is not None and field.type == "number" and place < len(cells))
    found, seen, faults = {}, {}, []
    for number, cells in rows:
        account, said, wrong = read(number, cells, columns, figures)
        if not wrong and account in seen:
            wrong = f"renglón {number}: la cuenta {account} ya venía en el renglón {seen[account]}; deje uno solo"
        if wrong:
            faults.append(wrong)
            continue
        seen[account], found[account] = number, said
    if len(found) > MOST_BILLS:
        raise Broken(f"El archivo trae más de {MOST_BILLS:,} cuentas; divídalo en varios lotes.")
    known = set(session.scalars(find.existing_numbers(list(found))))
    faults += [f"renglón {seen[account]}: la cuenta {account} no existe; corríjala o quite el renglón"
               for account in found if account not in known]
    refuse(faults)
    if not found:
        raise Broken("El archivo no trae cuentas: hace falta una línea de encabezados y, debajo, una cuenta por "
                     "renglón.")
    return found, [*sheet.notes, *notes, *columns.unused, *unnamed(headings, rows), *figures.notes]


def refuse(faults: list[str]) -> None:
    """Broken with the first faults and how many more there are, where there is any."""
    if faults:
        more = f" Hay {len(faults) - TOLD:,} renglones más con error." if len(faults) > TOLD else ""
        told = "; ".join(fault.rstrip(".") for fault in faults[:TOLD])
        raise Broken(f"Nada se cargó. Corrija el archivo y súbalo de nuevo: {told}.{more}")


def understood(headings: list[str], names: dict[str, tuple]) -> Columns:
    """The columns of a file by its headings; Broken where one is missing, repeated or almost the name of another."""
    account, inputs, unused = None, {}, []
    for place, heading in enumerate(headings):
        word = plain(heading)
        if word in ACCOUNT and account is None:
            account = place
        elif word in ACCOUNT or word in names and names[word] in inputs.values():
            raise Broken(f"La columna «{heading}» se repite; deje en el archivo una sola.")
        elif word in names:
            inputs[place] = names[word]
        elif word:
            unused.append(heading)
    if account is None:
        raise Broken("Falta la columna «Cuenta» en los encabezados del archivo; agréguela con el número de cada "
                     "cuenta.")
    missing = [word for word, column in names.items() if column not in inputs.values()]
    for heading in unused:
        if alike := suggestion(plain(heading), missing):
            raise Broken(f"El procedimiento no pide «{heading}»{alike}; corrija ese encabezado o quite la columna.")
    return Columns(account, inputs, [ignored(unused)] if unused else [], len(headings))


def ignored(headings: list[str]) -> str:
    """That some columns of the file were not used, and which."""
    names = ", ".join(f"«{heading[:60]}»" for heading in headings[:10])
    more = f" y {len(headings) - 10} más" if len(headings) > 10 else ""
    return f"No se usaron las columnas del archivo que el procedimiento no pide: {names}{more}."


def unnamed(headings: list[str], rows: list) -> list[str]:
    """That columns without a heading hold something, which nothing reads."""
    bare = [place for place, heading in enumerate(headings) if not heading]
    if any(place < len(cells) and cells[place].strip() for _, cells in rows for place in bare):
        return ["No se usaron las columnas del archivo que no llevan encabezado."]
    return []


def inputs_by_heading(definition: Definition) -> dict[str, tuple[str, InputField | None]]:
    """{heading as it is compared: (name of the input, field; None where it is its reason)}."""
    found = {}
    for field in captured_by_people(definition):
        found |= {plain(word): (field.name, field) for word in (field.label, field.name)}
        if field.reason_required:
            reason = f"{field.name}.reason"
            found |= {plain(word): (reason, None) for word in (f"Motivo de {field.label}", reason)}
    return found


def read(number: int, cells: list[str], columns: Columns, figures: FileFigures) -> tuple[str, dict, str]:
    """(account, {input: value}, what is wrong or "") of one row."""
    if len(cells) > columns.width:
        return "", {}, (f"renglón {number}: tiene más celdas que los encabezados; si una cifra lleva comas, escríbala "
                        "entre comillas")
    cells = [*cells, *[""] * (columns.width - len(cells))]
    account, said = cells[columns.account].strip(), {}
    if not NUMBER.fullmatch(account):
        return account, said, f"renglón {number}: «{account[:40]}» no es un número de cuenta; escríbalo con cifras"
    for place, (name, field) in columns.inputs.items():
        text, label = cells[place].strip(), field.label if field else "el motivo"
        if not text and field is not None and (not field.required or field.when):
            continue
        try:
            said[name] = value_of(field, text, figures)
        except ValueError as why:
            return account, said, f"renglón {number}, «{label}»: {why}"
    return account, said, ""


def value_of(field: InputField | None, text: str, figures: FileFigures) -> object:
    """A cell as the input keeps it; ValueError, a Spanish sentence, when it is no answer to it."""
    if not text:
        raise ValueError("falta el dato; escríbalo.")
    if field is None:
        return text
    return READERS[field.type](field, text, figures)


def choice(field: InputField, text: str, figures: FileFigures) -> str:
    """The choice that a cell names, by its word or by how it is said."""
    for one in field.choices:
        if plain(text) in (plain(str(one)), plain(choice_label(one))):
            return one
    offered = ", ".join(choice_label(one) for one in field.choices)
    raise ValueError(f"«{text[:60]}» no es una de las opciones: {offered}.")


READERS: dict[str, Callable] = {
    "number": lambda field, text, figures: f"{figures.figure(text, *limits_of(field)):f}",
    "bool": lambda field, text, figures: yes_or_no(text),
    "date": lambda field, text, figures: day(text),
    "text": lambda field, text, figures: text, "choice": choice}


def plain(words: str) -> str:
    """Words as they are compared, without quotation marks."""
    return unaccented(words.translate(QUOTES))
