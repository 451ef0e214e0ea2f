"""`flask procedures`: checked where there is no database, exported from one, and files that cannot be read are told."""
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from policies.procedures.examples import check_files
from policies.procedures.parsing import DefinitionError, load, load_all
from tests.policies import drafting
from tests.policies.procedures.cases import ADOPTED

ROOT = Path(__file__).resolve().parents[3]
TEXT = ADOPTED[0].read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def clone(tmp_path_factory):
    """The program in a fresh clone: no instance of its own, no address in the environment."""
    folder = tmp_path_factory.mktemp("clone")
    for name in ("app.py", "admin_views", "models", "policies", "migrations", "deploy"):
        (folder / name).symlink_to(ROOT / name)
    shutil.copy(ROOT / "app.py", folder / "copied.py")
    (folder / "app.py").unlink()
    (folder / "copied.py").rename(folder / "app.py")
    return folder


def flask(clone, *words):
    env = {name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "PYTHONPATH")}
    return subprocess.run([sys.executable, "-m", "flask", "--app", "app", *map(str, words)], cwd=clone, env=env,
                          capture_output=True, text=True, timeout=120)


def test_the_check_needs_no_database(clone):
    done = flask(clone, "procedures", "check", *ADOPTED)
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[-1].startswith(f"procedures {len(ADOPTED)}, examples ")


def test_the_check_fails_where_a_value_does_not_come_out(clone, tmp_path):
    wrong = tmp_path / "mala.yaml"
    wrong.write_text(TEXT.replace("owed_difference: -963.79", "owed_difference: -963.78"), encoding="utf-8")
    done = flask(clone, "procedures", "check", wrong, tmp_path, tmp_path / "nada.yaml")
    assert done.returncode == 1 and "Traceback" not in done.stderr
    assert done.stdout.splitlines()[-1] == "procedures 1, examples 2, values 2 match, 3 fail"
    assert "nada.yaml: no existe; revise el nombre." in done.stdout and "es una carpeta" in done.stdout


def test_what_needs_the_database_says_that_it_is_missing(clone):
    done = flask(clone, "prepare")
    assert done.returncode != 0 and "Falta DATABASE_URL" in done.stderr


def export(office, *words):
    return office.app.test_cli_runner().invoke(args=["procedures", "export", *map(str, words)])


def test_a_version_leaves_the_database_as_a_file_and_reads_back_the_same(office, tmp_path):
    key = drafting.authorized(office)
    number, content_hash = drafting.row(office, key, "number, content_hash")
    path = tmp_path / "fuga.yaml"
    assert export(office, drafting.LEAK, "--version", number, "-o", path).exit_code == 0
    lines, right = check_files([path])
    assert right and lines[-1].endswith(" 0 fail")
    assert (load(path).content_hash(), load(path).version) == (content_hash, number)
    text = path.read_text(encoding="utf-8")
    assert export(office, drafting.LEAK).stdout == text             # the last one authorised
    assert office.client("staff").get(f"/procedimientos/{key}/archivo.yaml").text == text
    assert "version: 1\n" in export(office, drafting.LEAK, "--version", 1).stdout


@pytest.mark.parametrize(("words", "sentence"), [
    (["slp-nada"], "No existe el procedimiento «slp-nada»; use uno de: slp-clase-tarifaria, "),
    ([drafting.LEAK, "--version", "99"], "«slp-fuga-oculta» no tiene la versión 99; elija con --version una de: 1"),
    ([drafting.LEAK, "--version", "dos"], "no tiene la versión dos"),
    ([drafting.LEAK, "-o", "/no/hay/carpeta.yaml"], "No se puede escribir en «/no/hay/carpeta.yaml»")])
def test_what_is_not_there_to_export_is_said_in_one_sentence(office, words, sentence):
    done = export(office, *words)
    assert done.exit_code == 1 and done.stdout == ""
    assert done.stderr.startswith("Error: ") and sentence in done.stderr and done.stderr.count("\n") == 1


def written(folder, *texts):
    path = folder / "varios.yaml"
    path.write_text("\n---\n".join(texts), encoding="utf-8")
    return path


def test_a_file_may_hold_several_procedures(tmp_path):
    path = written(tmp_path, *(one.read_text(encoding="utf-8") for one in ADOPTED), "")
    lines, right = check_files([path])
    assert right and lines[-1].startswith(f"procedures {len(ADOPTED)}, ")
    assert [one.code for one in load_all(path)] == [load(one).code for one in ADOPTED]
    with pytest.raises(DefinitionError, match=f"trae {len(ADOPTED)} procedimientos; deje uno por archivo"):
        load(path)


def test_one_bad_document_keeps_the_whole_file_out(tmp_path):
    path = written(tmp_path, TEXT, TEXT.replace("kind: class, value: correct_class", "kind: clase, value: correct_class"))
    with pytest.raises(DefinitionError, match="varios.yaml, procedimiento 2: result.kind"):
        load_all(path)
    lines, right = check_files([path])
    assert not right and lines[-1] == "procedures 0, examples 0, values 0 match, 1 fail"


def test_two_versions_in_force_on_one_day_in_one_file(tmp_path):
    lines, right = check_files([written(tmp_path, TEXT, TEXT.replace("version: 1", "version: 2"))])
    assert not right and any("rigen en un mismo día; cierre la anterior con valid_to" in line for line in lines)


@pytest.mark.parametrize(("before", "after", "sentence"), [
    ("computation:\n", "computation:\n  - {out: most, expr: max(0, bill.volume)}\n",
     "es parte de una fórmula con coma; escriba la fórmula entre comillas"),
    ("direction: both", "direccion: both", "result.direccion (renglón 20): no existe ese campo; use uno de: kind"),
    ("after.total - bill.total", "promedio(bill.total)", "computation[0].expr (renglón 19): La fórmula «promedio(bill.total)»"),
    ("name: Clase tarifaria equivocada\n", "", "p.yaml: name (renglón 2): falta este campo obligatorio"),
    ("{step: 0.01", "{step: 1.0.1", "«1.0.1» se puede leer como 10.1 o como 101"),
    ("after.total - bill.total", "owed_difference + 1", "hay un ciclo o un desorden"),
    ("after.total - bill.total", "9 ** 9999", "no se permite"),
    ("after.total - bill.total", "bill.total" + " + 1" * 200, "debe tener entre 1 y 500 letras"),
    ("after.total - bill.total", "9" * 600, "renglón 19: «9999999999999999999999999999999999999999…» no es una cifra")])
def test_a_fault_names_the_file_the_line_and_the_mend(tmp_path, before, after, sentence):
    assert before in TEXT
    path = tmp_path / "p.yaml"
    path.write_text(TEXT.replace(before, after), encoding="utf-8")
    with pytest.raises(DefinitionError) as raised:
        load(path)
    assert sentence in str(raised.value) and all(problem.startswith("p.yaml: ") for problem in raised.value.problems)


def test_a_division_by_zero_in_an_example_is_told_and_fails(tmp_path):
    path = tmp_path / "p.yaml"
    path.write_text(TEXT.replace("after.total - bill.total", "after.total / (bill.total - bill.total)"), encoding="utf-8")
    lines, right = check_files([path])
    assert not right and any(line.startswith("FALLA slp-clase-tarifaria, ejemplo 1, owed_difference") for line in lines)


@pytest.mark.parametrize("text", ["", "---\n", "# nada\n"])
def test_an_empty_file_is_told(tmp_path, text):
    lines, right = check_files([written(tmp_path, text)])
    assert not right and lines[0] == "ERROR varios.yaml: está vacío; escriba el procedimiento."


def test_bytes_that_are_no_text_are_told(tmp_path):
    (tmp_path / "b.yaml").write_bytes(b"\xff\xfe\x00")
    assert check_files([tmp_path / "b.yaml"])[0][0] == "ERROR b.yaml: no es texto UTF-8; guárdelo así."

