"""Descriptions of errors that may be logged: what people wrote stays out of them."""

from sqlalchemy.exc import DBAPIError


def describe(error: BaseException) -> str:
    """Return the kind of an error and, for a database's error, its code and the constraint that it violated.

    The text never holds the message: PostgreSQL's quotes the row ("Key (name)=(Ada) already exists"). For the
    same reason a log holds no traceback of such an error, since that ends in the message.
    """
    if not isinstance(error, DBAPIError) or error.orig is None:
        return type(error).__name__
    diagnosis = getattr(error.orig, "diag", None)
    facts = (
        type(error.orig).__name__,
        getattr(error.orig, "sqlite_errorname", None) or getattr(error.orig, "sqlstate", None),
        getattr(diagnosis, "constraint_name", None),
    )
    return " ".join(str(fact) for fact in facts if fact)
