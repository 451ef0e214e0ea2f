"""The accounts of a batch from a file: each row whole and understood, or one message and nothing kept."""

import unicodedata
from decimal import Decimal, InvalidOperation

from models.batches import MOST_BILLS
from models.queries import batches as find
from policies.drafting import captured_by_people
from policies.procedures.vocabulary import said_choice
from policies.rules import Broken

ACCOUNT = ("cuenta", "numero de cuenta", "no. de cuenta")
TOLD = 5        # faults that one message names
YES, NO = ("si", "s", "1", "true", "verdadero"), ("no", "n", "0", "false", "falso")


def accounts_of(session, definition, rows):
    """{account number: {input: value}} of the rows of a file, (number, cells), its headings first.

    Values are as the procedure's inputs keep them. Raises Broken, which names the rows and the mend.
    """
    rows = iter(rows)
    _, headings = next(rows, (0, ()))
    place, columns = understood(definition, headings)
    found, seen, faults = {}, {}, []
    for number, cells in rows:
        if not any(cell.strip() for cell in cells):
            continue
        account, said, wrong = read(number, [*cells, *[""] * len(headings)], place, columns)
        if account in seen:
            wrong = f"renglón {number}: la cuenta {account} ya venía en el renglón {seen[account]}; deje uno solo"
        if wrong:
            faults.append(wrong)
        seen.setdefault(account, number)
        found[account] = said
        if len(found) > MOST_BILLS:
            raise Broken(f"El archivo trae más de {MOST_BILLS:,} cuentas; divídalo en varios lotes.")
    known = set(session.scalars(find.numbers_known(list(found))))
    faults += [f"renglón {seen[account]}: la cuenta {account} no existe; corríjala o quite el renglón"
               for account in found if account and account not in known]
    refuse(faults)
    if not found:
        raise Broken("El archivo no trae cuentas: hace falta una línea de encabezados y, debajo, una cuenta por "
                     "renglón.")
    return found


def refuse(faults):
    if faults:
        more = f" Hay {len(faults) - TOLD:,} renglones más con error." if len(faults) > TOLD else ""
        raise Broken(f"Nada se cargó. Corrija el archivo y súbalo de nuevo: {'; '.join(faults[:TOLD])}.{more}")


def understood(definition, headings):
    """(place of the account's column, {place: (input's name, field)}) by the headings of a file."""
    names, place, columns = named(definition), None, {}
    for where, heading in enumerate(headings):
        word = plain(heading)
        if word in ACCOUNT and place is None:
            place = where
        elif word in names and names[word] not in columns.values():
            columns[where] = names[word]
        elif word:
            asked = ", ".join(f"«{field.label}»" for field in captured_by_people(definition))
            raise Broken(f"La columna «{heading.strip()}» se repite o el procedimiento no la pide; quítela del "
                         f"archivo. Se admiten «Cuenta»{' y ' + asked if asked else ''}.")
    if place is None:
        raise Broken("Falta la columna «Cuenta» en la primera línea del archivo; agréguela con el número de cada "
                     "cuenta.")
    return place, columns


def named(definition):
    """{heading without accents: (name of the input, field; None where it is its reason)}."""
    found = {}
    for field in captured_by_people(definition):
        found |= {plain(word): (field.name, field) for word in (field.label, field.name)}
        if field.reason_required:
            reason = f"{field.name}.reason"
            found |= {plain(word): (reason, None) for word in (f"Motivo de {field.label}", reason)}
    return found


def read(number, cells, place, columns):
    """(account, {input: value}, what is wrong or "") of one row."""
    account, said = cells[place].strip(), {}
    if not (account.isascii() and account.isdigit()):
        return account, said, f"renglón {number}: «{account}» no es un número de cuenta; escríbalo con cifras"
    for where, (name, field) in columns.items():
        value = value_of(field, cells[where].strip())
        if value is None:
            label = field.label if field else "el motivo"
            return account, said, f"renglón {number}: «{cells[where].strip()}» no responde a «{label}»; corríjalo"
        said[name] = value
    return account, said, ""


def value_of(field, text):
    """A cell as the input keeps it, or None when it is no answer to it."""
    if field is None or field.type == "text" or not text:
        return text or None
    if field.type == "bool":
        return True if plain(text) in YES else False if plain(text) in NO else None
    if field.type == "choice":
        return next((choice for choice in field.choices
                     if plain(text) in (plain(str(choice)), plain(said_choice(choice)))), None)
    return figure(text)


def figure(text):
    """«1,234.5» as the exact text of a number, or None."""
    try:
        value = Decimal(text.replace(",", "").removeprefix("$"))
    except InvalidOperation:
        return None
    return f"{value:f}" if value.is_finite() and abs(value) < 10**9 and value.as_tuple().exponent >= -4 else None


def plain(words):
    """Words as they are compared: no accents, no case, one space, no «quotation marks»."""
    letters = (letter for letter in unicodedata.normalize("NFD", words.casefold()) if not unicodedata.combining(letter))
    return " ".join("".join(letters).replace("«", "").replace("»", "").split())
