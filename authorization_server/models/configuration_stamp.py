"""The configuration stamp: one row whose value is another after every change to what administrators configure.

The database itself writes it, with triggers, so no change goes unseen: not `QuerySet.update()`, and no SQL written by hand.
"""

from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections, models
from django.db.backends.base.base import BaseDatabaseWrapper

from authorization_server.models.apis import Api, ApiScope
from authorization_server.models.applications import Application
from authorization_server.models.client_grants import ClientGrant
from authorization_server.models.signing_keys import SigningKey

WATCHED: tuple[type[models.Model], ...] = (Application, Api, ApiScope, ClientGrant, ClientGrant.scopes.through, SigningKey)


class ConfigurationStamp(models.Model):
    """The row. A random value and no counter: one that a rolled back transaction wrote must not come again."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    stamp = models.CharField(max_length=36)

    def __str__(self) -> str:
        return self.stamp

    @staticmethod
    def current() -> str | None:
        """The value now; None before the first change. Written without Django's compiler: every token request waits for it."""
        with connections[DEFAULT_DB_ALIAS].cursor() as cursor:
            cursor.execute("SELECT stamp FROM authorization_server_configurationstamp")
            row = cursor.fetchone()
        return row[0] if row else None


def install_triggers(using: str = DEFAULT_DB_ALIAS, **_signal: Any) -> None:
    """Put the triggers on every watched table, after each `migrate`: on SQLite a later change to a table drops those it had."""
    connection = connections[using]
    existing = set(connection.introspection.table_names())
    write = _postgresql if connection.vendor == "postgresql" else _sqlite
    stamp = connection.ops.quote_name(ConfigurationStamp._meta.db_table)
    tables = [model._meta.db_table for model in WATCHED]
    if not existing.issuperset([*tables, ConfigurationStamp._meta.db_table]):  # migrated half-way back
        return
    with connection.cursor() as cursor:
        for statement in write(connection, stamp, tables):
            cursor.execute(statement)


def _sqlite(connection: BaseDatabaseWrapper, stamp: str, tables: list[str]) -> list[str]:
    # Deleted and inserted: a REPLACE would do nothing inside of an INSERT OR IGNORE, whose rule goes for its triggers as well.
    stamps = f"BEGIN DELETE FROM {stamp}; INSERT INTO {stamp} (id, stamp) VALUES (1, lower(hex(randomblob(16)))); END"  # noqa: S608  our own name
    quoted = connection.ops.quote_name
    return [
        f"CREATE TRIGGER IF NOT EXISTS {quoted(f'{table}_{event}'.lower())} AFTER {event} ON {quoted(table)} {stamps}"
        for table in tables
        for event in ("INSERT", "UPDATE", "DELETE")
    ]


def _postgresql(connection: BaseDatabaseWrapper, stamp: str, tables: list[str]) -> list[str]:
    # Deferred: the row is locked when a transaction ends and not in its midst, so two changes at once cannot wait for each other.
    statements = [
        "CREATE OR REPLACE FUNCTION authorization_server_stamp_configuration() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "  # noqa: S608  likewise
        f"INSERT INTO {stamp} (id, stamp) VALUES (1, gen_random_uuid()) ON CONFLICT (id) DO UPDATE SET stamp = excluded.stamp; "
        "RETURN NULL; END $$"
    ]
    for table in map(connection.ops.quote_name, tables):
        for name, kind, events, each in (
            ("configuration_changed", "CONSTRAINT TRIGGER", "INSERT OR UPDATE OR DELETE", "DEFERRABLE INITIALLY DEFERRED FOR EACH ROW"),
            ("configuration_emptied", "TRIGGER", "TRUNCATE", "FOR EACH STATEMENT"),
        ):
            statements += [
                f"DROP TRIGGER IF EXISTS {name} ON {table}",
                f"CREATE {kind} {name} AFTER {events} ON {table} {each} EXECUTE FUNCTION authorization_server_stamp_configuration()",
            ]
    return statements
