"""What an engine does for each statement of the store: a database that has each explained while it is used."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from psycopg.sql import Literal

from inbox_tui.hub.store.database import NO_PARAMS, Connection, Database, Params, Record
from inbox_tui.hub.store.postgres import PostgresConnection
from inbox_tui.hub.store.sqlite import SqliteConnection

_NAME = re.compile(r"(?<!:):([a-z_][a-z0-9_]*)")
_STEPS = 10


@dataclass(frozen=True)
class Plan:
    """How a statement was done. `walked`: the tables that were read from end to end. `work`: pages that PostgreSQL looked at, or
    tens of steps of SQLite's; either is about one for each record looked at."""

    sql: str
    walked: frozenset[str]
    work: int
    text: str


@dataclass
class Explained:
    """A database of either engine, and the plans of what is executed through it."""

    database: Database
    plans: list[Plan] = field(default_factory=list)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.database, name)

    def writer(self) -> Connection:
        return self._watched(self.database.writer())

    def reader(self) -> Connection:
        return self._watched(self.database.reader())

    def _watched(self, connection: Connection) -> Connection:
        if isinstance(connection, SqliteConnection):
            return _WatchedSqlite(connection, self.plans)
        assert isinstance(connection, PostgresConnection)
        return _WatchedPostgres(connection, self.plans)


class _Watched:
    """What is no statement with a plan goes on to the connection itself; of the same for many records, the first is explained."""

    def __init__(self, connection: Any, plans: list[Plan]) -> None:
        self._inner, self._plans = connection, plans

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)

    def executemany(self, sql: str, rows: Sequence[Params]) -> None:
        self.execute(sql, rows[0])
        if len(rows) > 1:
            self._inner.executemany(sql, rows[1:])

    def update(self, table: str, columns: tuple[str, ...], rows: Sequence[Params]) -> None:
        type(self._inner).update(self, table, columns, rows[:1])
        if len(rows) > 1:
            self._inner.update(table, columns, rows[1:])

    def execute(self, sql: str, params: Params = NO_PARAMS) -> list[Record]:
        raise NotImplementedError


class _WatchedSqlite(_Watched):
    def execute(self, sql: str, params: Params = NO_PARAMS) -> list[Record]:
        raw, work = self._inner._connection, 0
        details = [str(record[3]) for record in raw.execute(f"EXPLAIN QUERY PLAN {sql}", params)]

        def count() -> None:
            nonlocal work
            work += 1

        raw.set_progress_handler(count, _STEPS)
        try:
            found: list[Record] = self._inner.execute(sql, params)
        finally:
            raw.set_progress_handler(None, 0)
        walked = frozenset(scan[1] for text in details if (scan := re.fullmatch(r"SCAN (\w+)", text)))
        self._plans.append(Plan(sql, walked, work, "; ".join(details)))
        return found


class _WatchedPostgres(_Watched):
    """Explained twice: as it is planned for its own parameters, and once for all, as it is when it has long been prepared."""

    def execute(self, sql: str, params: Params = NO_PARAMS) -> list[Record]:
        if sql.startswith(("SELECT", "INSERT", "UPDATE", "DELETE")):
            self._plans.extend(self._explained(sql, params, mode) for mode in ("force_custom_plan", "force_generic_plan"))
        found: list[Record] = self._inner.execute(sql, params)
        return found

    def _explained(self, sql: str, params: Params, mode: str) -> Plan:
        cursor = self._inner._cursor
        names = list(dict.fromkeys(_NAME.findall(sql)))
        types = f"({', '.join(_type(params[name]) for name in names)})" if names else ""
        values = f"({', '.join(Literal(params[name]).as_string(cursor) for name in names)})" if names else ""
        text = _NAME.sub(lambda name: f"${names.index(name[1]) + 1}", sql)
        begin = f"SAVEPOINT explained; SET LOCAL plan_cache_mode = {mode}; PREPARE explained {types} AS {text}"
        cursor.execute(begin, prepare=False)
        explain = f"EXPLAIN (ANALYZE, BUFFERS, TIMING OFF, FORMAT JSON) EXECUTE explained {values}"
        [([found],)] = cursor.execute(explain, prepare=False).fetchall()
        cursor.execute("ROLLBACK TO explained; DEALLOCATE explained", prepare=False)
        nodes = list(_nodes(found["Plan"]))
        walked = frozenset(node["Relation Name"] for node in nodes if node["Node Type"] == "Seq Scan")
        told = (f"{node['Node Type']} {node.get('Index Name') or node.get('Relation Name', '')}" for node in nodes)
        return Plan(sql, walked, nodes[0]["Shared Hit Blocks"] + nodes[0]["Shared Read Blocks"], f"{mode}: {'; '.join(told)}")


def _type(value: object) -> str:
    return "boolean" if isinstance(value, bool) else "bigint" if isinstance(value, int) else "unknown"


def _nodes(plan: Any) -> Iterator[Any]:
    yield plan
    for inner in plan.get("Plans", ()):
        yield from _nodes(inner)
