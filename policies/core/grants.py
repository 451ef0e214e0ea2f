"""The privileges of PostgreSQL that follow from the rules and acts: `flask grants` prints them, and
migrations/generated/grants.sql holds what it prints."""

from collections.abc import Iterable, Iterator, Sequence

from models.base.access import (
    ExportEntry,
    LoginAttempt,
    ParkedForm,
    ReadEntry,
    Refusal,
    SentForm,
    SpeakerToken,
    WebSession,
)
from models.base.columns import Named
from models.base.documents import Document
from models.base.handovers import Handover
from models.base.imports import ImportRow
from models.base.mails import Mail
from models.base.people import Appointment, Login, Person, Role
from models.base.preferences import ListSetting, SavedView
from models.base.trail import AuditEntry, AuditSeal, SealedEntry
from policies.core.rules import ACTS, RULES, Act, Rule
from policies.core.sql import functions, guards
from policies.core.sql.declared import models
from policies.core.sql.functions import GATE

OFFICES = tuple(f"console_{role.value}" for role in sorted(Role))
LOGINS = ("console_tier_staff", "console_tier_directors", "console_tier_auditor",
          "console_tier_systems", "console_tier_public", "console_tier_sealer", GATE)
LOGS = (LoginAttempt, Refusal, ReadEntry, ExportEntry)
GROWING = (*LOGS, SentForm, ImportRow)
MAIL_SAID, MAIL_ENDED = "person_id, day, subject, body", "state, attempts, try_at, trouble, sent_at"
SECRETS = {"password", "fs_uniquifier"}
NO_FACT = {"web_sessions": ("key_hash", "data", "seen_at"), "speaker_tokens": ("token_hash", "expires_at"),
           "logins": ("fs_uniquifier",),
           "parked_forms": ("fields", "at"), "export_orders": ("query", "expected", "written")}


def statements() -> Iterator[str]:
    """Every statement that makes PostgreSQL's privileges and triggers equal the policies."""
    yield from nothing_to_anyone()
    for rule in sorted(RULES.values(), key=lambda rule: rule.model.__tablename__):
        yield from rule_grants(rule)
    for step in ACTS.values():
        yield from act_grants(step)
    yield from gate_grants()
    yield from functions.grants()
    yield from guards.grants()
    yield ("GRANT SELECT ON ALL TABLES IN SCHEMA report TO console_auditor, "
           "console_tier_auditor;")


def nothing_to_anyone() -> Iterator[str]:
    """The REVOKE of everything from every office and login, and USAGE of the schemas; what follows grants anew."""
    everyone = ", ".join((*OFFICES, *LOGINS))
    for schema in ("console", "commercial", "audit", "report"):
        yield f"REVOKE ALL ON ALL TABLES IN SCHEMA {schema} FROM {everyone};"
        yield f"REVOKE ALL ON ALL FUNCTIONS IN SCHEMA {schema} FROM PUBLIC, {everyone};"
    # Without tables of its own a login has no trigger of its own to run beside those of the console.
    yield ("DO $$ BEGIN EXECUTE format('REVOKE TEMPORARY ON DATABASE %I FROM PUBLIC', current_database());"
           " END $$;")
    yield f"GRANT USAGE ON SCHEMA console, commercial, audit TO {everyone};"
    yield "GRANT USAGE ON SCHEMA report TO console_auditor, console_tier_auditor;"


def rule_grants(rule: Rule) -> Iterator[str]:
    """The GRANTs of a table's rule: SELECT of its columns (personal ones only for who reads them), INSERT, UPDATE,
    DELETE.
    """
    columns = rule.model.__table__.columns
    open_columns = [c.name for c in columns
                    if not c.info.get("personal") and c.name not in SECRETS]
    readable = [c.name for c in columns if c.name not in SECRETS]
    yield from grant("SELECT", rule.model, rule.view & rule.personal_to, readable)
    yield from grant("SELECT", rule.model, rule.view - rule.personal_to, open_columns)
    yield from grant("INSERT", rule.model, rule.create, writable(rule.model))
    yield from grant("UPDATE", rule.model, rule.edit, rule.edits)
    yield from grant("DELETE", rule.model, rule.delete, None)


def act_grants(step: Act) -> Iterator[str]:
    """The GRANTs of what an act writes, for the offices that take it."""
    state = ("state",) if step.moves else ()
    yield from grant("UPDATE", step.model, step.by, (*state, *step.sets))
    for model, columns in step.touches.items():
        yield from grant("UPDATE", model, step.by, columns)
    for model in step.creates:
        yield from grant("INSERT", model, step.by, writable(model))
    for model in step.removes:
        yield from grant("DELETE", model, step.by, None)


def gate_grants() -> Iterator[str]:
    """The GRANTs of the logins that act in no office: the gate, the sealer and the auditors' reading of the trail."""
    for model in (Person, Appointment, Login):
        yield f"GRANT SELECT ON {name(model)} TO {GATE};"
    yield f"GRANT UPDATE (password, fs_uniquifier) ON {name(Login)} TO {GATE};"
    yield f"GRANT SELECT, UPDATE (seen_at) ON {name(Handover)} TO {GATE};"
    for model in (WebSession, SpeakerToken, ParkedForm, ListSetting, SavedView):
        yield f"GRANT SELECT, INSERT, UPDATE, DELETE ON {name(model)} TO {GATE};"
    yield f"GRANT SELECT, INSERT ({MAIL_SAID}), UPDATE ({MAIL_ENDED}) ON {name(Mail)} TO {GATE};"
    for model in LOGS:
        yield f"GRANT SELECT, INSERT ON {name(model)} TO {GATE};"
    yield f"GRANT SELECT (sha256) ON {name(Document)} TO console_tier_sealer;"
    for model in (AuditEntry, AuditSeal, SealedEntry):
        yield f"GRANT SELECT ON {name(model)} TO console_auditor, console_tier_sealer;"


def writable(model: type[Named]) -> list[str]:
    """The columns a new row may bring; keys, versions and derived columns are the database's."""
    return [c.name for c in model.__table__.columns if c.identity is None and c.computed is None
            and c.name != "version" and (c.server_default is None or c.server_default.has_argument)]


def name(model: type[Named]) -> str:
    """The table of a model, with its schema."""
    return model.__table__.fullname


def grant(verb: str, model: type[Named], roles: Iterable[Role], columns: Sequence[str] | None) -> Iterator[str]:
    """One GRANT of a verb on some columns (None: the whole table) to the offices; none where there is nobody or no
    column.
    """
    if not roles or columns is not None and not columns:
        return
    listed = f" ({', '.join(columns)})" if columns is not None else ""
    offices = ", ".join(f"console_{role.value}" for role in sorted(roles))
    yield f"GRANT {verb}{listed} ON {name(model)} TO {offices};"


def tables() -> list[type[Named]]:
    """The models of the schemas console and commercial, by the name of their table."""
    return sorted((m for m in models() if m.__table__.schema in ("console", "commercial")),
                  key=name)
