"""A file taken through the steps of an import, as a person takes it."""

import io
import re
from datetime import date

import xlsxwriter

from tests.office import upload


def sent(office, client, content, name="lista.csv", url="/colonias", encoding="utf-8"):
    """The answer to a file being uploaded."""
    data = content.encode(encoding) if isinstance(content, str) else content
    answer = office.post(client, f"{url}/importar/", {"file": upload(data, name)}, content_type="multipart/form-data")
    answer.request.environ["wsgi.input"].close()   # where the test's own browser kept a large body
    return answer


def uploaded(office, client, content, **terms):
    answer = sent(office, client, content, **terms)
    assert answer.status_code == 302, re.findall(r"Archivo: [^<]*", answer.text)
    return answer.location


def checked(office, client, content, mapping=None, **terms):
    """The page of the check, with the columns that the console itself recognised, and its address."""
    address = uploaded(office, client, content, **terms)
    page = client.get(address)
    given = dict(re.findall(r'<select id="[^"]*" name="([^"]*)".*?<option value="(\d+)" selected', page.text, re.DOTALL))
    answer = client.post(address, data={"csrf_token": office.token(page), **given, **(mapping or {})})
    assert answer.status_code == 302, answer.text
    return client.get(answer.location), answer.location


def confirm(office, client, address, **boxes):
    return client.post(address, data={"csrf_token": office.token(client.get("/cargo")), **boxes})


def faults(page):
    rows = re.findall(r"<tr role=\"row\"><th role=\"rowheader\".*?</span>([\d,]+)</th><td[^>]*>(.*?)</td><td[^>]*>(.*?)</td>", page.text)
    return [(number, column, what.replace("&#34;", '"')) for number, column, what in rows]


def book(rows):
    """An XLSX of those rows, with days as days."""
    file = io.BytesIO()
    made = xlsxwriter.Workbook(file, {"in_memory": True})
    page, day = made.add_worksheet(), made.add_format({"num_format": "dd/mm/yyyy"})
    for row, cells in enumerate(rows):
        for place, cell in enumerate(cells):
            if isinstance(cell, date):
                page.write_datetime(row, place, cell, day)
            else:
                page.write(row, place, cell)
    made.close()
    return file.getvalue()
