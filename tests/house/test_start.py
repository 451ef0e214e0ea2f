"""What a process loads before it serves: the libraries of paper, sheets and migrations wait until somebody asks."""

import subprocess
import sys

import pytest

from tests.house.test_rooms import ROOT

LATE = ("alembic", "filetype", "holidays", "openpyxl", "segno", "typst", "xlsxwriter")
LOADED = "import sys, gc, app; app.create_app(INSTANCE={!r}); print(*sys.modules, f'collects:{{gc.isenabled()}}')"


@pytest.fixture(scope="module")
def loaded(tmp_path_factory):
    program = LOADED.format(str(tmp_path_factory.mktemp("instance")))
    return subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True,
                          check=True).stdout.split()


@pytest.mark.parametrize("library", LATE)
def test_a_process_starts_without_what_few_requests_use(loaded, library):
    assert "sqlalchemy" in loaded and library not in loaded


def test_a_process_that_stands_looks_for_garbage_again(loaded):
    assert "collects:True" in loaded
