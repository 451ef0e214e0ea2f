"""An office for tests: people by role, browsers without a browser, records walked by their acts."""

import hashlib
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from types import SimpleNamespace

import psycopg
from sqlalchemy import select
from sqlalchemy.engine import make_url

import policies
from admin_views.core import worker
from admin_views.door.offices import today
from app import create_app
from deploy.demo.anomalies import LEAKS, listed
from deploy.demo.files import page
from deploy.demo.people import DEMO_PASSWORD
from models import db
from models.base.connections import TIERS
from models.base.exports import ExportKind
from models.base.people import Appointment, Login, Person, Role
from models.billing import Bill
from models.corrections import Correction
from models.corrections import CorrectionState as S
from models.procedures import ProcedureVersion
from policies.core.exports import order
from policies.core.imports import import_rows
from policies.core.signing_acts import content_hash
from policies.core.speaker import TIERS as TIER_OF
from policies.core.speaker import issue
from policies.corrections.acts import apply, attach, calculate, start_correction, submit, withdraw
from policies.corrections.signatures import reject, send_back, sign
from policies.replays.acts import try_on_past_bills
from tests.programs import Programs

PDF = page("Factura de plomería: reparación de una fuga.")


class Office:
    """What a test needs of an office; `app` is the console over its own database."""

    def __init__(self, app, url):
        self.app, self.url, self.leaks, self.tokens, self.programs = app, url, iter(LEAKS), {}, Programs()
        with app.app_context(), policies.speaks(db.session, self.first_administrator()):
            self.actors = self.everyone()

    def first_administrator(self):
        return policies.Actor(self.scalar(
            "SELECT person_id FROM console.appointments WHERE role = 'administrator'"
            " ORDER BY id LIMIT 1"), Role.ADMINISTRATOR)

    def everyone(self):
        """role → the actors that hold it, each with an e-mail."""
        emails = dict(db.session.execute(select(Login.person_id, Login.email)).all())
        held = {}
        for row in db.session.scalars(select(Appointment).order_by(Appointment.acting,
                                                                   Appointment.id)):
            actor = policies.Actor(row.person_id, row.role, row.person.name, row.acting, row.letter)
            held.setdefault(row.role, []).append((actor, emails.get(row.person_id)))
        return held

    def actor(self, role, which=0):
        return self.actors[Role(role)][which][0]

    def email(self, role, which=0):
        return self.actors[Role(role)][which][1]

    @contextmanager
    def another(self, **settings):
        """A second server process of the same office: the same database, nothing else shared."""
        app = create_app(DATABASE_URL=self.url, INSTANCE=self.app.instance_path,
                         FILES=self.app.config["FILES"], SEAL_HEADS=self.app.config["SEAL_HEADS"],
                         **{"DEMO": self.app.config.get("DEMO", False), **settings})
        try:
            yield app
        finally:
            end(app)

    # ---- over HTTP

    def stranger(self):
        return self.app.test_client()

    def client(self, role, which=0):
        """A logged-in browser of that office."""
        client = self.app.test_client()
        answer = self.log_in(client, self.email(role, which), DEMO_PASSWORD)
        assert answer.status_code == 302, answer.text
        return client

    def log_in(self, client, email, password):
        token = self.token(client.get("/entrar"))
        return client.post("/entrar", data={"email": email, "password": password,
                                            "csrf_token": token})

    @staticmethod
    def token(answer):
        """The CSRF token of a page."""
        return answer.text.split('name="csrf_token"')[1].split('value="')[1].split('"')[0]

    def post(self, client, path, data=None, form=None, **options):
        """POST as a person would: open the page, then send it with its token."""
        page = client.get(form or path)
        return client.post(path, data={"csrf_token": self.token(page), **(data or {})}, **options)

    # ---- as an office, without HTTP

    @contextmanager
    def speaks(self, role, which=0, read_only=False):
        with self.app.app_context():
            with policies.speaks(db.session, self.actor(role, which), "test", read_only) as session:
                yield session
            db.session.remove()

    def perform(self, role, step, subject_id, answers=None, which=0, model=Correction):
        """One act by one office, committed; returns what it made."""
        with self.speaks(role, which) as session:
            subject = session.get(model, subject_id)
            made = policies.perform(session, step, subject, self.actor(role, which), answers or {})
            session.commit()
            return getattr(made, "id", None)

    def leak_bill(self):
        """The bill of a planted leak that nobody has touched yet."""
        account = next(self.leaks)
        (folio,) = [item.folio for item in listed(60) if item.account == account]
        return self.scalar("SELECT id FROM commercial.bills WHERE folio = %s", folio)

    def draft(self, bill_id=None):
        """A draft over a leak, computed, without evidence."""
        bill_id = bill_id or self.leak_bill()
        with self.speaks("staff") as session:
            bill = session.get(Bill, bill_id)
            way = next(value for ask in start_correction.asks(bill, None) if ask.name == "way"
                       for value, label in ask.choices if "uga oculta" in label)
        made = self.perform("staff", start_correction, bill_id, model=Bill,
                            answers={"way": way, "reason": "Fuga reportada en la visita."})
        self.perform("staff", calculate, made, {"reason": "Fuga reparada por el usuario.",
                                                "leak.repaired": True})
        return made

    def prove(self, correction_id):
        self.perform("staff", attach, correction_id, {
            "kind": "repair_invoice", "file": self.stored(f"factura {correction_id}")})

    def stored(self, words):
        """A file that rests in the store, as the door leaves it before the act."""
        content = PDF + words.encode()
        sha256 = hashlib.sha256(content).hexdigest()
        path = Path(self.app.config["FILES"]) / sha256[:2] / sha256
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        return SimpleNamespace(sha256=sha256, size=len(content), media_type="application/pdf",
                               name="factura.pdf", warning="")

    def correction(self, state=S.APPLIED):
        """A leak's correction in that state, walked there through the acts."""
        made = self.draft()
        if state == S.DRAFT:
            return made
        if state == S.WITHDRAWN:
            self.perform("staff", withdraw, made)
            return made
        self.prove(made)
        self.perform("staff", submit, made)
        if state == S.REJECTED:
            self.perform("commercial_director", reject, made, {"reason": "No procede."})
        if state in (S.SIGNED, S.APPLIED):
            self.sign(made)
        if state == S.APPLIED:
            self.perform("staff", apply, made)
        return made

    def sign(self, correction_id, role="commercial_director", which=0):
        with self.speaks(role, which) as session:
            seen = content_hash(session.get(Correction, correction_id))
        self.perform(role, sign, correction_id, {"seen_hash": seen, "method": "password"}, which)

    def perform_submit(self, correction_id):
        self.perform("staff", submit, correction_id)

    def send_back(self, correction_id):
        self.perform("commercial_director", send_back, correction_id, {"reason": "Falta el dato."})

    def tried(self, months=2):
        """A replay of the hidden leak's ruling version, as far as the worker brought it; its key."""
        version = self.scalar("SELECT v.id FROM console.procedure_versions v JOIN console.procedures p"
                              " ON p.id = v.procedure_id WHERE p.code = 'slp-fuga-oculta' ORDER BY v.number LIMIT 1")
        key = self.perform("staff", try_on_past_bills, version, {"months": months, "supuesto.leak.repaired": True},
                           model=ProcedureVersion)
        with self.app.app_context():
            while worker.take_one():
                pass
        return key

    def imported(self, model=Person, names=("name", "active"), rows=(("Ana Importada", "true"),),
                 role="administrator"):
        """A batch of rows, as a file brings them; its number."""
        with self.speaks(role) as session:
            key = import_rows(session, self.actor(role), model, names, rows, "lista.csv", "a" * 64)
            session.commit()
            return key

    def ordered(self, role="staff"):
        """An export that this office ordered, not begun; its key."""
        with self.speaks(role) as session:
            made = order(session, self.actor(role), screen="accounts", kind=ExportKind.CSV, query="status=active&orden=-number&columnas=number,status", expected=60)
            session.commit()
            return made.id

    def mailed(self, role="staff", which=0, day="2026-11-23"):
        """An e-mail that waits to be sent, as the gate writes it; its key."""
        with psycopg.connect(self.dsn("gate")) as gate:
            return gate.execute("INSERT INTO console.mails (person_id, day, subject, body) VALUES (%s, %s, 'Pendientes',"
                                " 'Sí.') RETURNING id", (self.actor(role, which).id, day)).fetchone()[0]

    def handed(self):
        """A password that the installation made for a new person."""
        with psycopg.connect(self.dsn()) as owner:
            owner.execute("WITH hired AS (INSERT INTO console.people (name) VALUES ('Eva Contraseña') RETURNING id)"
                          " INSERT INTO console.logins (person_id, email, fs_uniquifier, password)"
                          " SELECT id, 'eva@demo.interapas.example', 'eva', 'x' FROM hired")

    @contextmanager
    def absence(self):
        """The absence of the commercial director that the demonstration announces, moved to today for a while."""
        dates = self.scalar("SELECT jsonb_build_array(valid_from, valid_to) FROM console.delegations"
                            " WHERE letter = 'DG/2026/044'")
        day = str(today())
        self.dated(day, day)
        try:
            yield
        finally:
            self.dated(*dates)

    def dated(self, first, last):
        """Its dates, written past the trigger that keeps those of a delegation that was signed with."""
        with psycopg.connect(self.dsn()) as owner:
            owner.execute("ALTER TABLE console.delegations DISABLE TRIGGER d_guard")
            owner.execute("UPDATE console.delegations SET valid_from = %s, valid_to = %s WHERE letter = 'DG/2026/044'",
                          (first, last))
            owner.execute("ALTER TABLE console.delegations ENABLE TRIGGER d_guard")

    # ---- straight at PostgreSQL, as any program could

    def scalar(self, statement, *values):
        """One value, read as the owner."""
        return self.programs.value(self.dsn(), statement, values)

    def dsn(self, login=None):
        url = make_url(self.url)
        if login:
            kept = self.app.config["TIER_SECRETS"]
            url = url.set(username=TIERS[login], password=kept[f"{login.upper()}_PASSWORD"])
        return url.set(drivername="postgresql").render_as_string(hide_password=False)

    @contextmanager
    def program(self, role=None, which=0, login=None):
        """Another program: psql with an office's login, role and, if it says so, an actor."""
        with self.programs.one(self.dsn(login or (TIER_OF[Role(role)] if role else None))) as raw:
            if role:
                self.speak(raw, role, self.actor(role, which).id)
            yield raw

    def speak(self, raw, role, person_id):
        """Say in psql who writes, in which office, with a token that the gate issued to them."""
        raw.execute("SELECT set_config('role', %s, true), set_config('app.actor', %s, true),"
                    " set_config('app.token', %s, true)", (f"console_{role}", str(person_id), self.token_of(person_id)))

    def token_of(self, person_id):
        """A token of that person, the same during the module; nothing for who is no person."""
        key = str(person_id)
        if key not in self.tokens and key.isdigit() and self.scalar(
                "SELECT count(*) FROM console.people WHERE id = %s", int(key)):
            with self.app.app_context():
                self.tokens[key] = issue(int(key))
        return self.tokens.get(key, "")


def end(app):
    """Close an app's connections, so that its database can be cloned or dropped."""
    with app.app_context():
        db.session.remove()
        for engine in db.engines.values():
            engine.dispose()


def upload(content, name="factura.pdf"):
    return (BytesIO(content), name)
