"""Checks procedure files: reads them, lints them and runs their worked examples."""
from collections.abc import Iterable
from pathlib import Path

from policies.core.figures import figure
from policies.procedures.lint import lint, version_clashes
from policies.procedures.parsing import DefinitionError, load_all
from policies.procedures.worked import check


def check_files(paths: Iterable[str | Path]) -> tuple[list[str], bool]:
    """(lines to print, whether everything is right) for the YAML files `paths`; the last line counts them.

    A file holds one procedure, or several between lines «---». A file that cannot be read, an error of the lint and a
    value that differs from its example count as failures; warnings are printed and are no failure.
    """
    read, lines, failures, matched = [], [], 0, 0
    for path in paths:
        try:
            read += [(path, definition) for definition in load_all(path)]
        except DefinitionError as fault:
            lines += [f"ERROR {problem}" for problem in fault.problems]
            failures += len(fault.problems)
    for path, definition in read:
        results = check(definition)
        wrong = [result for result in results if not result.ok]
        lines += [_failure_line(result) for result in wrong]
        findings = lint(definition)
        lines += [finding.line(str(path).rpartition("/")[2]) for finding in findings]
        matched += len(results) - len(wrong)
        failures += len(wrong) + sum(finding.severity == "error" for finding in findings)
    clashes = version_clashes([(str(path).rpartition("/")[2], definition) for path, definition in read])
    lines += [f"ERROR {clash}" for clash in clashes]
    failures += len(clashes)
    examples = sum(len(definition.worked_examples) for _, definition in read)
    counted = f"procedures {len(read)}, examples {examples}, values {matched} match, {failures} fail"
    return [*lines, counted], not failures


def _failure_line(result):
    return (f"FALLA {result.code}, ejemplo {result.example}, {result.name}: se espera {figure(result.expected)} "
            f"y resulta {figure(result.found)}")
