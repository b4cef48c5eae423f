"""The SQL of the store, as data: one text for both engines. `:values` stands for an IN list."""

_ROW = "SELECT id, rev, epoch, fold_key, is_folding, lease_until, document FROM notification WHERE space = :space"

ROWS_BY_FOLD_KEY = f"{_ROW} AND is_folding AND fold_key IN (:values)"
ROWS_BY_ID = f"{_ROW} AND id IN (:values)"

IDEMPOTENT = """SELECT sender, key, event_id, notification_id, rev, epoch, body_hash, at FROM idempotency
WHERE space = :space AND key IN (:values)"""
ASKS = "SELECT sender, key, notification_id, withdrawn FROM ask WHERE space = :space AND key IN (:values)"
RUNS = "SELECT sender, run_id, notification_id, finished_at FROM run WHERE space = :space AND run_id IN (:values)"
CALL = "SELECT rev, changed, skipped, raised FROM triage_call WHERE space = :space AND key = :key"

MOVING = ("rev", "raised_rev", "raised_at", "last_occurred_at", "document")
STATE = (
    "is_folding", "unread", "done", "needs_me", "is_open", "untaken", "pinned", "muted", "expires_at", "snoozed_until",
    "lease_until", "run_id",
)  # fmt: skip
"""What indexes are made of: most repeats leave it as it is, and then its indexes need not be written."""

RETIRE = "UPDATE notification SET is_folding = FALSE WHERE space = :space AND id = :id"
LEASE = "UPDATE notification SET lease_until = :until WHERE space = :space AND id = :id"
DELETE_ROW = "DELETE FROM notification WHERE space = :space AND id = :id"

TRIM_EVENTS = """DELETE FROM event WHERE space = :space AND notification_id = :id
AND id > (SELECT id FROM event WHERE space = :space AND notification_id = :id ORDER BY id LIMIT 1 OFFSET :first)
AND id <= (SELECT id FROM event WHERE space = :space AND notification_id = :id ORDER BY id DESC LIMIT 1 OFFSET :last)"""

PUT_ASK = """INSERT INTO ask (space, key, sender, notification_id, withdrawn, at)
VALUES (:space, :key, :sender, :notification_id, :withdrawn, :at)
ON CONFLICT (space, key, sender) DO UPDATE SET notification_id = excluded.notification_id, withdrawn = excluded.withdrawn"""
PUT_RUN = """INSERT INTO run (space, run_id, sender, notification_id, started_at, finished_at)
VALUES (:space, :run_id, :sender, :notification_id, :started_at, :finished_at)
ON CONFLICT (space, run_id, sender)
DO UPDATE SET notification_id = excluded.notification_id, finished_at = excluded.finished_at"""
EVENT_OF_SENDER = """SELECT notification_id, document FROM event
WHERE space = :space AND id = :id AND sender = :sender"""
AGENT_SESSION = """SELECT title, started_at, ended_at FROM agent_session
WHERE space = :space AND id = :id AND sender = :sender"""
OPEN_AGENT_SESSION = """INSERT INTO agent_session (space, id, sender, title, started_at, ended_at)
VALUES (:space, :id, :sender, :title, :now, NULL)"""
TURN_AGENT_SESSION = "UPDATE agent_session SET ended_at = :ended_at WHERE space = :space AND id = :id"
SESSION = """SELECT id, sender, opened_at, last_at, tmux_pane, program, tmux_socket, plan FROM session
WHERE space = :space AND id = :id"""
SESSIONS = """SELECT id, sender, opened_at, last_at, tmux_pane, program, tmux_socket, plan FROM session
WHERE space = :space ORDER BY last_at DESC LIMIT :limit"""
TOUCH_SESSION = "UPDATE session SET last_at = :last_at, plan = :plan WHERE space = :space AND id = :id"
DELETE_SESSION = "DELETE FROM session WHERE space = :space AND id = :id"
FLOWS = "SELECT version, sealed FROM flow WHERE space = :space ORDER BY version DESC LIMIT 1"
ADD_FLOWS = """INSERT INTO flow (space, version, sealed, changed_by, changed_at)
VALUES (:space, :version, :sealed, :changed_by, :now)"""
DROP_OTHER_FLOWS = "DELETE FROM flow WHERE space = :space AND version < :version"
DECIDED_BY_ATTEMPT = """SELECT notification_id, key FROM decision_log
WHERE space = :space AND attempt = :attempt AND attempt <> '' AND outcome = 'decided'"""

OPEN_PROMPTS_OF_RUN = """SELECT id FROM notification
WHERE space = :space AND run_id = :run_id AND run_id <> '' AND sender = :sender AND is_open AND is_prompt"""
OPEN_PROMPTS_OF_SESSION = """SELECT id FROM notification
WHERE space = :space AND session_id = :session_id AND session_id <> '' AND sender = :sender AND is_open ORDER BY id"""
ROWS_OF_REQUEST = """SELECT id FROM notification
WHERE space = :space AND request = :request AND request <> '' AND sender = :sender ORDER BY id DESC LIMIT :limit"""
EVENTS_OF_ROW = "SELECT document FROM event WHERE space = :space AND notification_id = :id ORDER BY id"
OPEN_PROMPTS = "SELECT id FROM notification WHERE space = :space AND is_open AND is_prompt ORDER BY id LIMIT :limit"
EXPIRED = """SELECT id FROM notification
WHERE space = :space AND expires_at IS NOT NULL AND expires_at <= :now ORDER BY expires_at LIMIT :limit"""
SNOOZES_OVER = """SELECT id FROM notification
WHERE space = :space AND snoozed_until IS NOT NULL AND snoozed_until <= :now ORDER BY snoozed_until LIMIT :limit"""
LAPSED = """SELECT id FROM notification
WHERE space = :space AND lease_until IS NOT NULL AND lease_until < :now ORDER BY lease_until LIMIT :limit"""

HEAD = "SELECT epoch, rev, floor, unread FROM space WHERE name = :space AND removed_at IS NULL"
HEADS_OF = "SELECT name, epoch, rev, floor, unread FROM space WHERE name IN (:values) AND removed_at IS NULL"
BORN = "SELECT epoch, document FROM notification WHERE space = :space AND id = :id"
CHANGED_ROWS = """SELECT rev, document, id, created_rev FROM notification
WHERE space = :space AND rev > :after ORDER BY rev LIMIT :limit"""
GONE_ROWS = """SELECT rev, id FROM tombstone
WHERE space = :space AND rev > :after AND rev <= :last ORDER BY rev LIMIT :limit"""
MOVED_ROWS = "SELECT id FROM notification WHERE space = :space AND rev > :after ORDER BY rev LIMIT :limit"
ASKED = "SELECT notification_id FROM ask WHERE space = :space AND key = :key AND sender = :sender AND notification_id <> ''"
EVENTS_OF_RUN = "SELECT document FROM event WHERE space = :space AND run_id = :run_id AND run_id <> '' ORDER BY id"

# The event that asked is its row's first.
FIRST_EVENT_OF_ROW = "SELECT min(id) FROM event WHERE space = :space AND notification_id = :id"
UNTAKEN = """SELECT rev, document, id FROM notification
WHERE space = :space AND sender = :sender AND untaken AND rev > :after ORDER BY rev LIMIT :limit"""
_NEWEST_MEASURES = """(SELECT id, subject, at, kind, run_id, figures FROM measure
WHERE space = :space AND id < :before ORDER BY id DESC LIMIT :length) AS stretch"""
MEASURES = f"""SELECT at, kind, run_id, figures FROM {_NEWEST_MEASURES}
WHERE subject = :subject AND id >= :first ORDER BY id DESC"""
MEASURED = f"SELECT subject, max(at), count(*) FROM {_NEWEST_MEASURES} GROUP BY subject"
END_OF_MEASURES = """SELECT id FROM measure
WHERE space = :space AND id < :before ORDER BY id DESC LIMIT 1 OFFSET :length - 1"""
"""No index by subject: it would cost each commit a page a task, and a stretch is looked through in a quarter of a millisecond."""


def _only(unread: bool, needs_me: bool) -> str:
    return (" AND unread" if unread else "") + (" AND needs_me" if needs_me else "")


def page(*, unread: bool, needs_me: bool) -> str:
    """Ids and documents below an id, descending."""
    return f"""SELECT id, document FROM notification
WHERE space = :space AND id < :after{_only(unread, needs_me)} ORDER BY id DESC LIMIT :limit"""


SPACE = """SELECT name, epoch, rev, floor, last_id, unread, size, mutes, media, measures, flows, retained_at,
removed_at FROM space WHERE name = :space"""
SPACE_MADE_AT = "SELECT created_at FROM space WHERE name = :space"
INSERT_SPACE = """INSERT INTO space (name, epoch, rev, floor, last_id, unread, size, mutes, media, measures, flows,
retained_at, created_at) VALUES (:space, :now, :now, :now, '', 0, 0, 0, 0, 0, 0, 0, :now)
ON CONFLICT (name) DO NOTHING RETURNING name"""
UPDATE_SPACE = """UPDATE space SET epoch = :epoch, rev = :rev, floor = :floor, last_id = :last_id, unread = :unread, size = :size,
mutes = :mutes, media = :media, measures = :measures, flows = :flows, retained_at = :retained_at, removed_at = :removed_at
WHERE name = :name"""


def _due(column: str, before: str) -> str:
    """Read by time and only so far, also where an engine would rather walk through all that may ever be due."""
    first = f"SELECT space FROM notification WHERE {column} {before} :now ORDER BY {column} LIMIT 10000"
    return f"SELECT DISTINCT space FROM ({first}) AS due"


DUE_SPACES = {
    "expiry": _due("expires_at", "<="),
    "lapse": _due("lease_until", "<"),
    "snoozes": _due("snoozed_until", "<="),
    "mutes": "SELECT DISTINCT space FROM mute WHERE lifted_at IS NULL AND until IS NOT NULL AND until <= :now",
    "sweep": "SELECT DISTINCT space FROM mute WHERE swept IS NOT NULL",
    "retention": "SELECT name FROM space WHERE removed_at IS NULL AND retained_at <= :now - :retain_every",
}
"""What the clock has to do, and in which spaces: one look for all of them, by an index that begins with the time."""
SPACES = "SELECT name FROM space WHERE removed_at IS NULL ORDER BY name"
REMOVED_SPACES = "SELECT name FROM space WHERE removed_at IS NOT NULL ORDER BY name"
DELETE_SPACE = "DELETE FROM space WHERE name = :space"
SPACES_IN_NUMBERS = """SELECT name, size, unread,
(SELECT count(*) FROM notification WHERE notification.space = space.name AND is_open AND is_prompt),
(SELECT count(*) FROM api_key WHERE api_key.space = space.name AND revoked_at IS NULL), created_at
FROM space WHERE removed_at IS NULL ORDER BY name"""
TOTALS = "SELECT count(*), coalesce(sum(size), 0), coalesce(sum(unread), 0) FROM space WHERE removed_at IS NULL"

_TARGETS = {
    "read": "unread",
    "unread": "NOT unread",
    "done": "(unread OR NOT done)",
    "undone": "done",
    "snooze": "(snoozed_until IS NULL OR snoozed_until <> :until)",
    "unsnooze": "snoozed_until IS NOT NULL",
    "pin": "NOT pinned",
    "unpin": "pinned",
}


# What goes through all rows of a space looks at a stretch of so many a commit, whatever an engine expects to find there.
_STRETCH = """(SELECT id, raised_rev, unread, done, needs_me, snoozed_until, pinned, muted, is_prompt, source, fold_key
FROM notification WHERE space = :space AND id > :after ORDER BY id LIMIT :length) AS stretch"""
END_OF_STRETCH = """SELECT id FROM notification
WHERE space = :space AND id > :after ORDER BY id LIMIT 1 OFFSET :length - 1"""


def triage_targets(verb: str, *, unread: bool, needs_me: bool, listed: bool) -> str:
    """The ids, ascending, of the rows of a stretch that the verb may change."""
    wanted = _TARGETS[verb] + _only(unread, needs_me) + (" AND snoozed_until IS NULL" if listed else "")
    return f"SELECT id FROM {_STRETCH} WHERE raised_rev <= :up_to AND {wanted} ORDER BY id LIMIT :limit"


# What sweeps a rule's rows, in the order of their ids. A row that folds tells its key; of the others it is found out.
_OF_A_RULE = {
    "source": "source = :source",
    "task": "source = :source",
    "notification": "(fold_key = :subject OR fold_key = '')",
}


def rows_of_rule(scope: str, *, muted: bool) -> str:
    """The ids, ascending, of the rows of a stretch that a rule may match, of those that are muted or of those that are not."""
    is_muted = "muted" if muted else "NOT muted AND NOT is_prompt"
    return f"SELECT id FROM {_STRETCH} WHERE {is_muted} AND {_OF_A_RULE[scope]} ORDER BY id LIMIT :limit"


MUTES = """SELECT id, scope, subject, label, until, made_by, created_at FROM mute
WHERE space = :space AND lifted_at IS NULL ORDER BY created_at, id"""
MUTE_OF = """SELECT id FROM mute
WHERE space = :space AND scope = :scope AND subject = :subject AND lifted_at IS NULL"""
MUTE_BY_ID = "SELECT id FROM mute WHERE space = :space AND id = :id AND lifted_at IS NULL"
PROLONG_MUTE = "UPDATE mute SET until = :until, label = :label, made_by = :made_by WHERE space = :space AND id = :id"
LIFT_MUTE = "UPDATE mute SET lifted_at = :now, swept = '' WHERE space = :space AND id = :id"
MUTES_OVER = """SELECT id FROM mute
WHERE space = :space AND lifted_at IS NULL AND until IS NOT NULL AND until <= :now ORDER BY until LIMIT :limit"""
UNSWEPT = """SELECT id, scope, subject, lifted_at IS NOT NULL, swept FROM mute
WHERE space = :space AND swept IS NOT NULL ORDER BY id LIMIT 1"""
SWEPT_SO_FAR = "UPDATE mute SET swept = :swept WHERE space = :space AND id = :id"
SWEPT = "UPDATE mute SET swept = NULL WHERE space = :space AND id = :id AND lifted_at IS NULL"
DROP_LIFTED = "DELETE FROM mute WHERE space = :space AND id = :id AND lifted_at IS NOT NULL"

_MAY_GO = "NOT (is_prompt AND is_open) AND NOT pinned"
OLD_ROWS = f"""SELECT id FROM notification
WHERE space = :space AND id < :before AND last_occurred_at < :cutoff AND {_MAY_GO} ORDER BY id LIMIT :limit"""
FIRST_ROWS = f"SELECT id FROM notification WHERE space = :space AND {_MAY_GO} ORDER BY id LIMIT :limit"
# What is deleted is named by both its ends, the first too: of a range with one end, PostgreSQL expects a third of the table.
FIRST_TOMBSTONES = "SELECT rev, at FROM tombstone WHERE space = :space ORDER BY rev LIMIT :limit"
DELETE_TOMBSTONES = "DELETE FROM tombstone WHERE space = :space AND rev >= :first AND rev <= :last"
OLD_EVENTS = "SELECT id FROM event WHERE space = :space AND id < :before ORDER BY id LIMIT :limit"
OLD_MEASURES = "SELECT id FROM measure WHERE space = :space AND id < :before ORDER BY id LIMIT :limit"
DELETE_EVENTS = "DELETE FROM event WHERE space = :space AND id >= :first AND id <= :last"

BY_AGE = {
    "idempotency": "at",
    "triage_call": "at",
    "run": "started_at",
    "agent_session": "started_at",
    "session": "last_at",
    "ask": "at",
    "job": "updated_at",
}
"""Tables whose records simply grow old, and by which time."""
_IF = {"ask": "AND notification_id = ''", "job": "AND state = 'failed'"}
"""Of which only some: the key of a question goes with its row, and what is still to be done stays."""


def oldest(table: str) -> str:
    """The times of the oldest records before a cutoff, ascending."""
    at = BY_AGE[table]
    return f"SELECT {at} FROM {table} WHERE space = :space AND {at} < :cutoff {_IF.get(table, '')} ORDER BY {at} LIMIT :limit"


def delete_between(table: str) -> str:
    at = BY_AGE[table]
    return f"DELETE FROM {table} WHERE space = :space AND {at} >= :first AND {at} <= :last {_IF.get(table, '')}"


DELETE_ASKS = "DELETE FROM ask WHERE space = :space AND notification_id = :id AND notification_id <> ''"

# A job's `due_at` says when it may be claimed: while it runs, that is the end of its lease.
NEXT_JOBS = """SELECT space, min(due_at) FROM job WHERE due_at IS NOT NULL GROUP BY space ORDER BY min(due_at)
LIMIT :limit"""
DUE_JOBS = f"""SELECT space, ({SPACE_MADE_AT}), id, kind, notification_id, sender, host, address, body, attempts + 1, queued_at
FROM job WHERE space = :space AND due_at <= :now AND host NOT IN (:values) ORDER BY due_at, id LIMIT :limit"""
CLAIM_JOB = """UPDATE job SET state = 'running', attempts = attempts + 1, due_at = :lease_until, updated_at = :now
WHERE space = :space AND id = :id"""
RUNNING_JOB = "SELECT attempts FROM job WHERE space = :space AND id = :id AND state = 'running'"
RENEW_JOB = """UPDATE job SET due_at = :lease_until
WHERE space = :space AND id = :id AND state = 'running' AND attempts = :attempts"""
RETRY_JOB = """UPDATE job SET state = 'queued', due_at = :due_at, last_error = :reason, updated_at = :now
WHERE space = :space AND id = :id"""
FAIL_JOB = """UPDATE job SET state = 'failed', due_at = NULL, last_error = :reason, updated_at = :now
WHERE space = :space AND id = :id"""
FORWARDS_OF_ROW = """SELECT body FROM job
WHERE space = :space AND notification_id = :id AND kind = 'forward'"""
JOBS = """SELECT id, kind, state, notification_id, sender, host, attempts, due_at, queued_at, last_error, updated_at FROM job
WHERE space = :space AND state = :state AND id < :before ORDER BY id DESC LIMIT :limit"""
JOB_STATE = "SELECT state FROM job WHERE space = :space AND id = :id"
RETRY_FAILED_JOB = """UPDATE job
SET state = 'queued', attempts = 0, due_at = :now, queued_at = :now, last_error = '', updated_at = :now
WHERE space = :space AND id = :id AND state = 'failed'"""
DEFER_JOB = """UPDATE job
SET state = 'queued', attempts = 0, body = :body, due_at = :due_at, queued_at = :due_at, updated_at = :now
WHERE space = :space AND id = :id"""
DELETE_JOB = "DELETE FROM job WHERE space = :space AND id = :id"
JOBS_BY_STATE = "SELECT state, count(*) FROM job GROUP BY state"

_WAITING = "space = :space AND state = 'waiting' AND notification_id"
WAITING_JOBS = f"SELECT notification_id FROM job WHERE {_WAITING} IN (:values)"
QUEUE_JOB = f"""UPDATE job SET state = 'queued', body = :body, due_at = :now, queued_at = :now, updated_at = :now
WHERE {_WAITING} = :notification_id"""
DROP_JOB = f"DELETE FROM job WHERE {_WAITING} = :notification_id"

# A file has its hash once it is whole: until then, and when it goes, nobody finds it. A piece's id is the file's and its number.
ADD_UPLOAD = """INSERT INTO media (space, id, hash, size, mime_type, made_at, check_at)
VALUES (:space, :id, '', 0, '', :now, :check_at)"""
RENEW_UPLOAD = "UPDATE media SET check_at = :check_at WHERE space = :space AND id = :id AND hash = '' RETURNING id"
ADD_PIECE = "INSERT INTO media_piece (space, id, bytes) VALUES (:space, :id, :bytes)"
MEDIA_BY_HASH = "SELECT id, check_at FROM media WHERE space = :space AND hash = :hash AND hash <> ''"
FINISH_UPLOAD = """UPDATE media SET hash = :hash, size = :size, mime_type = :mime_type, check_at = :check_at
WHERE space = :space AND id = :id"""
MEDIA = "SELECT size, mime_type FROM media WHERE space = :space AND id = :id AND hash <> ''"
PIECE = "SELECT bytes FROM media_piece WHERE space = :space AND id = :id"
WHOLE_MEDIA = "SELECT id FROM media WHERE space = :space AND id IN (:values) AND hash <> ''"

MEDIA_TO_CHECK = """SELECT id, hash FROM media
WHERE space = :space AND check_at <= :now ORDER BY check_at LIMIT :limit"""
FIRST_USES = """SELECT event_id,
EXISTS (SELECT 1 FROM event WHERE event.space = media_use.space AND event.id = media_use.event_id)
OR EXISTS (SELECT 1 FROM notification WHERE notification.space = media_use.space
    AND notification.id = media_use.notification_id AND document LIKE :mention)
FROM media_use WHERE space = :space AND media_id = :id ORDER BY event_id LIMIT :limit"""
DELETE_USES = """DELETE FROM media_use
WHERE space = :space AND media_id = :id AND event_id >= :first AND event_id <= :last"""
CHECK_MEDIA = "UPDATE media SET check_at = :check_at WHERE space = :space AND id = :id"
HIDE_MEDIA = "UPDATE media SET hash = '' WHERE space = :space AND id = :id"
FIRST_PIECES = """SELECT id, length(bytes) FROM media_piece
WHERE space = :space AND id >= :first AND id <= :last ORDER BY id LIMIT :limit"""
DELETE_PIECES = "DELETE FROM media_piece WHERE space = :space AND id >= :first AND id <= :last"
DELETE_MEDIA = "DELETE FROM media WHERE space = :space AND id = :id"

HEADS = "SELECT name, rev FROM space ORDER BY name"
UNFINISHED_COPY = "SELECT source FROM unfinished_copy"
BEGIN_COPY = "INSERT INTO unfinished_copy (source) VALUES (:source)"
END_COPY = "DELETE FROM unfinished_copy"

SECRET = "SELECT secret FROM secret WHERE name = :name"
MAKE_SECRET = "INSERT INTO secret (name, secret) VALUES (:name, :secret) ON CONFLICT (name) DO NOTHING"

ADD_KEY = """INSERT INTO api_key
(id, space, name, role, secret_hash, allow_timeout_approve, webhook_host, webhook, created_at, revoked_at)
VALUES (:id, :space, :name, :role, :secret_hash, :allow_timeout_approve, '', '', :created_at, NULL)"""
KEY_BY_NAME = "SELECT id FROM api_key WHERE space = :space AND name = :name AND revoked_at IS NULL"
KEYS = """SELECT id, name, role, space, allow_timeout_approve, created_at FROM api_key
WHERE space = :space AND revoked_at IS NULL ORDER BY created_at, id"""
EVERY_KEY = """SELECT id, name, role, space, allow_timeout_approve, created_at FROM api_key
WHERE revoked_at IS NULL ORDER BY space, created_at, id"""
KEY = """SELECT id, name, role, space, allow_timeout_approve, secret_hash FROM api_key WHERE id = :id AND revoked_at IS NULL"""
WEBHOOKS = """SELECT name, webhook_host, webhook FROM api_key
WHERE space = :space AND name IN (:values) AND revoked_at IS NULL AND webhook <> ''"""
SET_WEBHOOK = """UPDATE api_key SET webhook_host = :host, webhook = :address
WHERE space = :space AND name = :name AND revoked_at IS NULL"""
REVOKE_KEY = "UPDATE api_key SET revoked_at = :now WHERE space = :space AND id = :id AND revoked_at IS NULL"
REVOKE_KEYS = "UPDATE api_key SET revoked_at = :now WHERE space = :space AND revoked_at IS NULL"
KEY_IS_LIVE = "SELECT 1 FROM api_key WHERE space = :space AND id = :id AND revoked_at IS NULL"

OF_A_SPACE = {
    "notification": "id",
    "tombstone": "rev",
    "event": "id",
    "measure": "id",
    "run": "run_id",
    "agent_session": "id",
    "session": "id",
    "flow": "version",
    "idempotency": "key",
    "ask": "key",
    "triage_call": "key",
    "mute": "id",
    "decision_log": "id",
    "job": "id",
    "media": "id",
    "media_use": "media_id",
    "media_piece": "id",
    "api_key": "id",
}
"""Every table that has a space's records, and what orders them there: nothing of a removed space stays in any."""


def first_records(table: str) -> str:
    key = OF_A_SPACE[table]
    return f"SELECT {key} FROM {table} WHERE space = :space ORDER BY {key} LIMIT :limit"


def erase_between(table: str) -> str:
    key = OF_A_SPACE[table]
    return f"DELETE FROM {table} WHERE space = :space AND {key} >= :first AND {key} <= :last"
