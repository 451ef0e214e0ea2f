"""A file that outgrows its page is two areas; a view file is a list of facts."""

from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
MOST, MOST_IN_TESTS, MOST_IN_APP = 300, 400, 80
OURS = ("models", "policies", "admin_views", "deploy", "migrations")


def lines(path):
    return len(path.read_text(encoding="utf-8").splitlines())


def too_long(paths, most):
    return {str(path.relative_to(ROOT)): lines(path) for path in paths if lines(path) > most}


def test_no_source_file_passes_three_hundred_lines():
    files = [path for room in OURS for path in (ROOT / room).rglob("*.py")
             if "versions" not in path.parts]
    assert len(files) > 60 and too_long(files, MOST) == {}


def test_no_test_file_passes_four_hundred_lines():
    files = list((ROOT / "tests").rglob("*.py"))
    assert len(files) > 20 and too_long(files, MOST_IN_TESTS) == {}


def test_the_application_file_only_builds():
    assert lines(ROOT / "app.py") <= MOST_IN_APP
