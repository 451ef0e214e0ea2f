"""Server-side sessions: the cookie holds a random key, the row holds the rest.

A new key at every change of person stops fixation; a row that ends stays a while, so that what
a person was typing when it ended can be given back to that person alone.
"""

import secrets
from datetime import datetime, timedelta

from flask import Flask, Request, Response, request
from flask.globals import request_ctx
from flask.json.tag import TaggedJSONSerializer
from flask.sessions import SessionInterface, SessionMixin
from sqlalchemy import delete, update
from sqlalchemy.exc import OperationalError, TimeoutError
from werkzeug.datastructures import CallbackDict

from admin_views.door.gate import gate
from models.base.access import SpeakerToken, WebSession
from models.base.columns import now
from models.base.connections import NoDatabase
from models.queries.offices import session_of
from policies.core.speaker import fingerprint

IDLE, LONGEST, KEPT = timedelta(hours=3), timedelta(hours=12), timedelta(days=2)
SEEN_EVERY = timedelta(minutes=1)
COOKIE = "consola"
# What the page asks by itself is no activity: it must not keep an empty chair's session alive.
UNATTENDED = {"draft"}
words = TaggedJSONSerializer()


class StoredSession(CallbackDict, SessionMixin):
    def __init__(self, data=None, row=None, key=""):
        def touched(session):
            session.modified = True
        super().__init__(data or {}, touched)
        self.row, self.modified, self.new = row, False, row is None
        self.login, self.offices = None, ()     # whose it is, and the offices that they may wear today, as it was read
        self.keeps = True       # False: nothing is kept of the list that is asked for
        self.token = token_of(key)
        self.user_at_open = self.get("_user_id")
        self.expired_person_id = None
        self.lost = False


def list_asked() -> str | None:
    """The screen whose list is asked for, if it is a list: Flask finds the page later than its session."""
    if request_ctx.url_adapter is not None:
        request_ctx.match_request()
    return request.blueprint if (request.endpoint or "").endswith(".index_view") else None


def token_of(key: str) -> str:
    """With what this browser's requests write to PostgreSQL: only the cookie holds what it is made from."""
    return fingerprint(f"token {key}") if key else ""


class StoredSessions(SessionInterface):
    def open_session(self, app: Flask, request: Request) -> StoredSession:
        """The session of the cookie's key; a new one without it, and one marked as lost while the database is away."""
        try:
            return self.session_at(request.cookies.get(COOKIE), list_asked())
        except (OperationalError, TimeoutError, NoDatabase):
            # No handler runs yet: the door sees the mark and answers that the database is away.
            gate.remove()
            missing = StoredSession()
            missing.lost = True
            return missing

    def session_at(self, key: str | None, screen: str | None) -> StoredSession:
        """The session of that key, with its person and their offices, and whether they keep anything of that list: one
        statement for all that the door asks, which by itself needs no transaction."""
        if not key:
            return StoredSession()
        gate.connection(execution_options={"isolation_level": "AUTOCOMMIT"})
        found = gate.execute(session_of(), {"key_hash": fingerprint(key), "screen": screen}).all()
        gate.commit()
        if not found:
            return StoredSession()
        row = found[0].WebSession
        if row.ended_at or now() - row.seen_at > IDLE or now() - row.created_at > LONGEST:
            fresh = StoredSession()
            fresh.expired_person_id = row.person_id
            return fresh
        session = StoredSession(words.loads(row.data.decode()), row, key)
        session.login, session.offices = found[0].Login, [office for office in found if office.letter is not None]
        session.keeps = found[0].kept or screen is None
        return session

    def save_session(self, app: Flask, session: StoredSession, response: Response) -> None:
        """Keep what the request left in the session, unless the database is away."""
        if session.lost or not session.modified and response.direct_passthrough:
            return
        try:
            self.write(app, session, response)
        except (OperationalError, TimeoutError, NoDatabase):
            gate.remove()   # the answer already says that the database is away

    def write(self, app: Flask, session: StoredSession, response: Response) -> None:
        """Begin, renew or update the session's row."""
        if session.get("_user_id") != session.user_at_open:
            self.renew(session)
        if session.row is None:
            if not session:
                return
            self.begin(app, session, response)
            gate.commit()
        elif session.modified or now() - session.row.seen_at > SEEN_EVERY:
            session.row.data = words.dumps(dict(session)).encode()
            self.see(session)
            gate.commit()
        response.vary.add("Cookie")

    def see(self, session: StoredSession) -> None:
        """Somebody is there, and the token lives on, unless the page asked by itself."""
        if request.endpoint in UNATTENDED:
            return
        if now() - session.row.seen_at > SEEN_EVERY:
            gate.execute(update(SpeakerToken).where(SpeakerToken.token_hash == fingerprint(session.token))
                         .values(expires_at=expiry(session.row.created_at)))
        session.row.seen_at = now()

    def renew(self, session: StoredSession) -> None:
        """Another person from here on: the old key is dead."""
        session.pop("csrf_token", None)
        if session.row is not None:
            gate.execute(delete(SpeakerToken).where(SpeakerToken.token_hash == fingerprint(session.token)))
            session.row.ended_at = now()
            session.row = None

    def begin(self, app: Flask, session: StoredSession, response: Response) -> None:
        """A row, a key in the cookie and a token for a session that has something to keep; old rows go."""
        key = secrets.token_urlsafe(32)
        gate.execute(delete(WebSession).where(WebSession.seen_at < now() - KEPT))
        gate.execute(delete(SpeakerToken).where(SpeakerToken.expires_at < now() - KEPT))
        session.row = WebSession(key_hash=fingerprint(key), person_id=session.get("person_id"),
                                 data=words.dumps(dict(session)).encode())
        gate.add(session.row)
        if session.get("_user_id"):     # logged out, the row still names the person, who writes no more
            gate.add(SpeakerToken(token_hash=fingerprint(token_of(key)), person_id=session.row.person_id,
                                  expires_at=expiry(now())))
        response.set_cookie(COOKIE, key, httponly=True, samesite="Lax", path="/",
                            secure=app.config["SESSION_COOKIE_SECURE"], max_age=LONGEST)


def expiry(begun: datetime) -> datetime:
    """Until when a token is good, of a session that began then and of which somebody was seen just now."""
    return min(now() + IDLE + SEEN_EVERY, begun + LONGEST)


def expired_person(session: SessionMixin) -> int | None:
    """Whose session this browser held until it ended, if it did."""
    return getattr(session, "expired_person_id", None)
