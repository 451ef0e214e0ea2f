"""Replays: a version tried over past bills by the worker, before anybody signs it."""

from models.replays import Replay, ReplayRow, ReplayState
from policies.offices import CORRECTION_READERS
from policies.rules import Rule, declare

SEEN = dict(view=CORRECTION_READERS, export=CORRECTION_READERS)

declare(Rule(Replay, **SEEN, born=ReplayState.RUNNING), Rule(ReplayRow, **SEEN))
