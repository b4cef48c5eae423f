"""The schema, step by step. Each step runs once, in one transaction; steps are only ever appended."""

from __future__ import annotations

from inbox_tui.core.errors import InboxError
from inbox_tui.hub.store.database import Connection, Database

_FIRST = """
CREATE TABLE space (
    name {id} PRIMARY KEY, epoch BIGINT NOT NULL, rev BIGINT NOT NULL, floor BIGINT NOT NULL, last_id {id} NOT NULL,
    unread BIGINT NOT NULL, size BIGINT NOT NULL, mutes BIGINT NOT NULL, media BIGINT NOT NULL,
    measures BIGINT NOT NULL, flows BIGINT NOT NULL, retained_at BIGINT NOT NULL, created_at BIGINT NOT NULL, removed_at BIGINT);
CREATE INDEX space_retained ON space (retained_at);

CREATE TABLE notification (
    space {id} NOT NULL, id {id} NOT NULL, epoch BIGINT NOT NULL, rev BIGINT NOT NULL, created_rev BIGINT NOT NULL,
    raised_rev BIGINT NOT NULL, raised_at BIGINT NOT NULL, last_occurred_at BIGINT NOT NULL, fold_key TEXT NOT NULL,
    is_folding BOOLEAN NOT NULL, unread BOOLEAN NOT NULL, done BOOLEAN NOT NULL, needs_me BOOLEAN NOT NULL,
    is_prompt BOOLEAN NOT NULL, is_open BOOLEAN NOT NULL, untaken BOOLEAN NOT NULL, pinned BOOLEAN NOT NULL,
    muted BOOLEAN NOT NULL,
    expires_at BIGINT, snoozed_until BIGINT, lease_until BIGINT, source TEXT NOT NULL,
    sender {id} NOT NULL, run_id {id} NOT NULL, session_id TEXT NOT NULL, request TEXT NOT NULL, document TEXT NOT NULL,
    PRIMARY KEY (space, id));
CREATE UNIQUE INDEX notification_rev ON notification (space, rev);
CREATE UNIQUE INDEX notification_folding ON notification (space, fold_key) WHERE is_folding;
CREATE INDEX notification_unread ON notification (space, id) WHERE unread;
CREATE INDEX notification_needs_me ON notification (space, id) WHERE needs_me;
CREATE INDEX notification_open ON notification (space, id) WHERE is_open AND is_prompt;
CREATE INDEX notification_open_run ON notification (space, run_id, id) WHERE is_open AND is_prompt AND run_id <> '';
CREATE INDEX notification_untaken ON notification (space, sender, rev) WHERE untaken;
CREATE INDEX notification_session ON notification (space, session_id, id) WHERE is_open AND session_id <> '';
CREATE INDEX notification_request ON notification (space, request, id) WHERE request <> '';
CREATE INDEX notification_expires ON notification (expires_at, space) WHERE expires_at IS NOT NULL;
CREATE INDEX notification_expires_here ON notification (space, expires_at) WHERE expires_at IS NOT NULL;
CREATE INDEX notification_snoozed ON notification (snoozed_until, space) WHERE snoozed_until IS NOT NULL;
CREATE INDEX notification_snoozed_here ON notification (space, snoozed_until) WHERE snoozed_until IS NOT NULL;
CREATE INDEX notification_muted ON notification (space, id) WHERE muted;
CREATE INDEX notification_leased ON notification (lease_until, space) WHERE lease_until IS NOT NULL;
CREATE INDEX notification_leased_here ON notification (space, lease_until) WHERE lease_until IS NOT NULL;

CREATE TABLE tombstone (
    space {id} NOT NULL, rev BIGINT NOT NULL, id {id} NOT NULL, at BIGINT NOT NULL, PRIMARY KEY (space, rev));

CREATE TABLE event (
    space {id} NOT NULL, id {id} NOT NULL, notification_id {id} NOT NULL, run_id {id} NOT NULL, sender {id} NOT NULL,
    received_at BIGINT NOT NULL, document TEXT NOT NULL, PRIMARY KEY (space, id));
CREATE INDEX event_notification ON event (space, notification_id, id);
CREATE INDEX event_run ON event (space, run_id, id) WHERE run_id <> '';

CREATE TABLE measure (
    space {id} NOT NULL, id {id} NOT NULL, subject {id} NOT NULL, at BIGINT NOT NULL, kind TEXT NOT NULL, run_id {id} NOT NULL,
    figures TEXT NOT NULL, PRIMARY KEY (space, id));

CREATE TABLE run (
    space {id} NOT NULL, run_id {id} NOT NULL, sender {id} NOT NULL, notification_id {id} NOT NULL, started_at BIGINT NOT NULL,
    finished_at BIGINT, PRIMARY KEY (space, run_id, sender));
CREATE INDEX run_started ON run (space, started_at);

CREATE TABLE agent_session (
    space {id} NOT NULL, id {id} NOT NULL, sender {id} NOT NULL, title TEXT NOT NULL, started_at BIGINT NOT NULL,
    ended_at BIGINT, PRIMARY KEY (space, id));
CREATE INDEX agent_session_started ON agent_session (space, started_at);

CREATE TABLE session (
    space {id} NOT NULL, id {id} NOT NULL, sender {id} NOT NULL, opened_at BIGINT NOT NULL, last_at BIGINT NOT NULL,
    tmux_pane TEXT NOT NULL, program TEXT NOT NULL, tmux_socket TEXT NOT NULL, plan TEXT NOT NULL, PRIMARY KEY (space, id));
CREATE INDEX session_last ON session (space, last_at);

CREATE TABLE flow (
    space {id} NOT NULL, version BIGINT NOT NULL, sealed TEXT NOT NULL, changed_by TEXT NOT NULL, changed_at BIGINT NOT NULL,
    PRIMARY KEY (space, version));

CREATE TABLE idempotency (
    space {id} NOT NULL, key {id} NOT NULL, sender {id} NOT NULL, event_id {id} NOT NULL, notification_id {id} NOT NULL,
    rev BIGINT NOT NULL, epoch BIGINT NOT NULL, body_hash TEXT NOT NULL, at BIGINT NOT NULL, PRIMARY KEY (space, key, sender));
CREATE INDEX idempotency_at ON idempotency (space, at);

CREATE TABLE ask (
    space {id} NOT NULL, key {id} NOT NULL, sender {id} NOT NULL, notification_id {id} NOT NULL, withdrawn BOOLEAN NOT NULL,
    at BIGINT NOT NULL, PRIMARY KEY (space, key, sender));
CREATE INDEX ask_row ON ask (space, notification_id) WHERE notification_id <> '';
CREATE INDEX ask_at ON ask (space, at) WHERE notification_id = '';

CREATE TABLE decision_log (
    space {id} NOT NULL, id {id} NOT NULL, at BIGINT NOT NULL, notification_id {id} NOT NULL, outcome TEXT NOT NULL,
    key {id} NOT NULL, decided_by TEXT NOT NULL, via TEXT NOT NULL, attempt TEXT NOT NULL, raised_rev BIGINT NOT NULL,
    shown_hash TEXT NOT NULL, latency BIGINT NOT NULL, PRIMARY KEY (space, id));
CREATE INDEX decision_log_attempt ON decision_log (space, attempt) WHERE attempt <> '';

CREATE TABLE triage_call (
    space {id} NOT NULL, key {id} NOT NULL, rev BIGINT NOT NULL, changed BIGINT NOT NULL, skipped BIGINT NOT NULL,
    raised BIGINT NOT NULL, at BIGINT NOT NULL, PRIMARY KEY (space, key));
CREATE INDEX triage_call_at ON triage_call (space, at);

CREATE TABLE mute (
    space {id} NOT NULL, id {id} NOT NULL, scope TEXT NOT NULL, subject TEXT NOT NULL, label TEXT NOT NULL, until BIGINT,
    made_by TEXT NOT NULL, created_at BIGINT NOT NULL, lifted_at BIGINT, swept {id}, PRIMARY KEY (space, id));
CREATE INDEX mute_until ON mute (until, space) WHERE lifted_at IS NULL AND until IS NOT NULL;
CREATE INDEX mute_swept ON mute (space) WHERE swept IS NOT NULL;

CREATE TABLE job (
    space {id} NOT NULL, id {id} NOT NULL, kind TEXT NOT NULL, state TEXT NOT NULL, notification_id {id} NOT NULL,
    sender {id} NOT NULL, host TEXT NOT NULL, address TEXT NOT NULL, body TEXT NOT NULL, attempts BIGINT NOT NULL,
    due_at BIGINT, queued_at BIGINT, last_error TEXT NOT NULL, updated_at BIGINT NOT NULL, PRIMARY KEY (space, id));
CREATE INDEX job_due ON job (due_at) WHERE due_at IS NOT NULL;
CREATE INDEX job_due_here ON job (space, due_at, id) WHERE due_at IS NOT NULL;
CREATE INDEX job_waiting ON job (space, notification_id) WHERE state = 'waiting';
CREATE INDEX job_forward ON job (space, notification_id) WHERE kind = 'forward';
CREATE INDEX job_state ON job (space, state, id);
CREATE INDEX job_failed ON job (space, updated_at) WHERE state = 'failed';

CREATE TABLE media (
    space {id} NOT NULL, id {id} NOT NULL, hash TEXT NOT NULL, size BIGINT NOT NULL, mime_type TEXT NOT NULL,
    made_at BIGINT NOT NULL, check_at BIGINT NOT NULL, PRIMARY KEY (space, id));
CREATE UNIQUE INDEX media_hash ON media (space, hash) WHERE hash <> '';
CREATE INDEX media_check ON media (space, check_at);
CREATE TABLE media_piece (space {id} NOT NULL, id {id} NOT NULL, bytes {bytes} NOT NULL, PRIMARY KEY (space, id));
CREATE TABLE media_use (
    space {id} NOT NULL, media_id {id} NOT NULL, event_id {id} NOT NULL, notification_id {id} NOT NULL,
    PRIMARY KEY (space, media_id, event_id));

CREATE TABLE unfinished_copy (source TEXT NOT NULL);

CREATE TABLE secret (name {id} PRIMARY KEY, secret TEXT NOT NULL);

CREATE TABLE api_key (
    id {id} PRIMARY KEY, space {id} NOT NULL, name {id} NOT NULL, role TEXT NOT NULL, secret_hash TEXT NOT NULL,
    allow_timeout_approve BOOLEAN NOT NULL, webhook_host TEXT NOT NULL, webhook TEXT NOT NULL, created_at BIGINT NOT NULL,
    revoked_at BIGINT);
CREATE UNIQUE INDEX api_key_name ON api_key (space, name) WHERE revoked_at IS NULL
"""

STEPS: tuple[str, ...] = (_FIRST,)


class NewerDatabase(InboxError):
    """The database was written by a newer version of this program."""


def migrate(database: Database) -> None:
    """Brings the schema up to date. Any number of processes may do so at once. Raises NewerDatabase, and touches nothing then."""
    connection = database.writer()
    try:
        while _step(database, connection):
            pass
    finally:
        connection.close()


def _step(database: Database, connection: Connection) -> bool:
    """Applies the next step, if there is one."""
    connection.begin_migration()
    try:
        version = _version(connection)
        if version > len(STEPS):
            raise NewerDatabase(
                f"The hub's database has schema {version}; this version of inbox knows {len(STEPS)}. "
                "It was written by a newer inbox: upgrade this one, or point it at another database."
            )
        if version < len(STEPS):
            for statement in STEPS[version].format(**database.fragments).split(";"):
                connection.execute(statement)
            connection.execute("UPDATE schema_version SET version = :version", {"version": version + 1})
        connection.commit()
    except BaseException:
        connection.rollback()
        raise
    return version < len(STEPS)


def _version(connection: Connection) -> int:
    connection.execute("CREATE TABLE IF NOT EXISTS schema_version (version BIGINT NOT NULL)")
    found = connection.execute("SELECT version FROM schema_version")
    if not found:
        connection.execute("INSERT INTO schema_version (version) VALUES (0)")
        return 0
    return int(found[0][0])
