"""The unit of work of a turn: a transaction that the turn does not end itself."""

from typing import Final, NoReturn

from sqlalchemy import Connection, event
from sqlalchemy.orm import Session

_REFUSAL: Final = (
    "a turn does not {verb}: the database commits once the turn returns, and rolls back if it raises"
)


class TurnConnection(Connection):
    """A connection whose transaction ends only where `storage.batch` ends it.

    `begin_nested()` is open to a turn; `commit`, `rollback` and `close` raise RuntimeError.
    """

    def commit(self) -> NoReturn:
        """Raise RuntimeError."""
        raise RuntimeError(_REFUSAL.format(verb="commit"))

    def rollback(self) -> NoReturn:
        """Raise RuntimeError."""
        raise RuntimeError(_REFUSAL.format(verb="roll back"))

    def close(self) -> NoReturn:
        """Raise RuntimeError; the owner calls `hang_up`."""
        raise RuntimeError(_REFUSAL.format(verb="close its connection"))

    def hang_up(self) -> None:
        """Close the connection; for the code that opened it, never for a turn."""
        super().close()


class TurnSession(Session):
    """An ORM session inside a turn. `commit`, `rollback` and `close` raise RuntimeError."""

    def commit(self) -> NoReturn:
        """Raise RuntimeError."""
        raise RuntimeError(_REFUSAL.format(verb="commit"))

    def rollback(self) -> NoReturn:
        """Raise RuntimeError."""
        raise RuntimeError(_REFUSAL.format(verb="roll back"))

    def close(self) -> NoReturn:
        """Raise RuntimeError."""
        raise RuntimeError(_REFUSAL.format(verb="close its session"))

    def reset(self) -> NoReturn:
        """Raise RuntimeError: `reset` is another name for `close`."""
        self.close()


@event.listens_for(TurnSession, "loaded_as_persistent")
@event.listens_for(TurnSession, "pending_to_persistent")
def _keep(session: Session, row: object) -> None:
    """Hold a row until the turn ends: a session holds rows weakly, and would read a dropped row again."""
    session.info.setdefault("kept", []).append(row)


class UnitOfWork:
    """The share of a turn in the database, valid until the turn returns.

    `connection` runs Core statements; it is where hot code works. `session` is for the ORM classes;
    it is opened on first use, shares the connection's transaction, and is flushed when the turn
    returns.
    """

    __slots__ = ("_in_savepoint", "_session", "connection")

    def __init__(self, connection: Connection, *, in_savepoint: bool) -> None:
        self.connection = connection
        self._in_savepoint = in_savepoint
        self._session: TurnSession | None = None

    @property
    def session(self) -> Session:
        """The turn's ORM session: autoflush, nothing expires, no commit, rollback or close."""
        if self._session is None:
            self._session = TurnSession(
                self.connection,
                expire_on_commit=False,
                # After a failed flush a session rolls back the transaction it joined. That must be the turn's
                # own part of a shared transaction, never its neighbours' too.
                join_transaction_mode="create_savepoint" if self._in_savepoint else "rollback_only",
            )
        return self._session

    def finish(self) -> None:
        """Write what the session still holds and release it; for `storage.batch`.

        Raises:
            RuntimeError: the turn left a savepoint open.
            SQLAlchemyError: the flush failed now, or had failed and the turn had swallowed it.
        """
        if self._session is not None:
            Session.commit(self._session)
            Session.close(self._session)
        if self.connection.in_nested_transaction():
            raise RuntimeError("a turn left a savepoint open; use `with …begin_nested():`")

    def abandon(self) -> None:
        """Drop what the session still holds, unwritten; for `storage.batch`."""
        if self._session is not None:
            Session.close(self._session)
        while (nested := self.connection.get_nested_transaction()) is not None:
            nested.rollback()
