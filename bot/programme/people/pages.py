"""What each person's own page shows now, so that it is drawn again only when that is something else."""

from __future__ import annotations

from sqlalchemy import bindparam, or_, update

from bot.chat.events import Place
from bot.programme.core.turn import Turn
from storage.prepared import Prepared
from storage.tables import Identity

__all__ = ["page_lost", "page_shows"]

_ITS = (
    Identity.programme_id == bindparam("programme"),
    Identity.platform == bindparam("on"),
    Identity.user_id == bindparam("account"),
)
_SHOWS = Prepared(
    update(Identity)
    .where(
        *_ITS,
        or_(
            Identity.home_shown.is_distinct_from(bindparam("hash")),
            Identity.home.is_distinct_from(bindparam("at")),
        ),
    )
    .values(home_shown=bindparam("hash"), home=bindparam("at"))
)
_LOST = Prepared(update(Identity).where(*_ITS).values(home_shown=None))


def page_shows(turn: Turn, page: Place, shown: str) -> bool:
    """Note where a page is and the hash of what it shows now; return False where it shows that already."""
    return bool(_SHOWS.run(turn.connection, {**_account(turn, page), "hash": shown, "at": str(page)}))


def page_lost(turn: Turn, page: Place) -> None:
    """Note that it is not known what a page shows, since a change of it did not arrive."""
    _LOST.run(turn.connection, _account(turn, page))


def _account(turn: Turn, page: Place) -> dict[str, int | str]:
    return {"programme": turn.programme_id, "on": page.platform, "account": page.id}
