"""Excel workbooks made by hand, part by part, for what no program that writes them would write."""

import io
import zipfile

CELL = '<c r="{}" t="inlineStr"><is><t>{}</t></is></c>'
NAMES = "http://schemas.openxmlformats.org"
RELATION = '<Relationship Id="{}" Type="http://x/{}" Target="{}"/>'


def workbook(*sheets: str, states=(), styles="", texts="") -> bytes:
    """The bytes of a workbook: each sheet is the XML inside its sheetData; `states` are visible or hidden."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as made:
        numbers = range(1, len(sheets) + 1)
        relations = [RELATION.format(f"r{number}", "worksheet", f"worksheets/sheet{number}.xml") for number in numbers]
        for name, content in (("styles", styles), ("sharedStrings", texts)):
            if content:
                made.writestr(f"xl/{name}.xml", content)
                relations.append(RELATION.format(name, name, f"{name}.xml"))
        made.writestr("xl/_rels/workbook.xml.rels", f"<Relationships>{''.join(relations)}</Relationships>")
        listed = "".join(f'<sheet name="Hoja {number}" sheetId="{number}" r:id="r{number}" state="{state}"/>'
                         for number, state in zip(numbers, [*states, *["visible"] * len(sheets)], strict=False))
        made.writestr("xl/workbook.xml", f'<workbook xmlns:r="{NAMES}"><sheets>{listed}</sheets></workbook>')
        for number, cells in zip(numbers, sheets, strict=True):
            made.writestr(f"xl/worksheets/sheet{number}.xml",
                          f"<worksheet><sheetData>{cells}</sheetData></worksheet>")
    return file.getvalue()


def row(number: int, *cells: str) -> str:
    """A row of texts, the first in column A."""
    return f'<row r="{number}">{"".join(CELL.format(f"{chr(65 + place)}{number}", cell) for place, cell in enumerate(cells))}</row>'
