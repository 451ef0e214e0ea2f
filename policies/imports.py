"""Lists brought from a file: seen by everyone who works here, written by the import alone."""

from models.imports import ImportBatch, ImportRow
from policies.offices import EVERYONE
from policies.rules import Rule, declare

declare(Rule(ImportBatch, view=EVERYONE), Rule(ImportRow))
