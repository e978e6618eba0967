"""The statements of a coordinator's tasks, built once."""

from __future__ import annotations

from sqlalchemy import String, and_, bindparam, case, func, not_, or_, select, update

from storage.dialects import insert
from storage.tables import metadata

__all__ = [
    "CLOSE_ABOUT",
    "CLOSE_ID",
    "CLOSE_KEY",
    "COUNT",
    "COUNT_NEW",
    "HANDED_ON",
    "ITEM",
    "KIND",
    "LATE",
    "LISTED",
    "NEW",
    "OPEN",
    "REOPEN",
    "SUBJECTS",
]

_table = metadata.tables["tasks"]
_OF_PROGRAMME = _table.c.programme_id == bindparam("programme")
_new = insert(_table)
OPEN = _new.on_conflict_do_update(
    index_elements=[_table.c.programme_id, _table.c.key],
    set_={
        "kind": _new.excluded.kind,
        "about_id": _new.excluded.about_id,
        "about_company_id": _new.excluded.about_company_id,
        "subject": _new.excluded.subject,
        "message": _new.excluded.message,
        "created_at": case((_table.c.state == "open", _table.c.created_at), else_=_new.excluded.created_at),
        "state": "open",
        "closed_at": None,
        "closed_by": None,
        "late_at": case((_table.c.state == "open", _table.c.late_at), else_=None),
    },
).returning(_table.c.id, _table.c.created_at)
# A task is hidden from the coordinator it is about, and from coordinators of a company it is about.
_COMMON = and_(_table.c.about_id.is_(None), _table.c.about_company_id.is_(None))
_FOR_READER = and_(
    or_(_table.c.about_id.is_(None), _table.c.about_id != bindparam("reader")),
    or_(_table.c.about_company_id.is_(None), _table.c.about_company_id != bindparam("company")),
    or_(
        bindparam("which", type_=String()) == "all",
        and_(bindparam("which", type_=String()) == "common", _COMMON),
        and_(bindparam("which", type_=String()) == "confidential", not_(_COMMON)),
    ),
)
LISTED = (
    select(_table)
    .where(_OF_PROGRAMME, _table.c.state == "open", _FOR_READER)
    .order_by(_table.c.created_at, _table.c.id)
    .limit(bindparam("most"))
    .offset(bindparam("offset"))
)
LATE = (
    select(_table)
    .where(
        _OF_PROGRAMME,
        _table.c.state == "open",
        _table.c.late_at.is_(None),
        _table.c.created_at < bindparam("before", type_=_table.c.created_at.type),
    )
    .order_by(_table.c.created_at, _table.c.id)
    .limit(bindparam("most"))
)
HANDED_ON = update(_table).where(_table.c.id == bindparam("row_id")).values(late_at=bindparam("now"))
COUNT = select(func.count()).where(_OF_PROGRAMME, _table.c.state == "open", _FOR_READER)
_IS_NEW = _table.c.created_at >= bindparam("since", type_=_table.c.created_at.type)
NEW = LISTED.where(_IS_NEW)
COUNT_NEW = COUNT.where(_IS_NEW)
_CLOSE_OPEN = (
    update(_table)
    .where(_OF_PROGRAMME, _table.c.state == "open")
    .values(state="done", closed_at=bindparam("now"), closed_by=bindparam("by"))
)
CLOSE_KEY = _CLOSE_OPEN.where(_table.c.key == bindparam("of"))
CLOSE_ABOUT = _CLOSE_OPEN.where(_table.c.subject == bindparam("of"))
CLOSE_ID = _CLOSE_OPEN.where(
    _table.c.id == bindparam("of"), _table.c.kind != bindparam("answered"), _FOR_READER
)
KIND = select(_table.c.kind).where(
    _OF_PROGRAMME, _table.c.state == "open", _table.c.id == bindparam("of"), _FOR_READER
)
ITEM = select(_table.c.message, _table.c.created_at).where(_OF_PROGRAMME, _table.c.id == bindparam("of"))
REOPEN = (
    update(_table)
    .where(_OF_PROGRAMME, _table.c.state == "done", _table.c.id == bindparam("of"))
    .where(_table.c.kind != bindparam("answered"), _FOR_READER)
    .values(state="open", closed_at=None, closed_by=None)
)
SUBJECTS = (
    select(_table.c.subject)
    .where(_OF_PROGRAMME, _table.c.state == "open", _table.c.key.like(bindparam("beginning")))
    .order_by(_table.c.created_at, _table.c.id)
)
