"""${message}."""

import sqlalchemy as sa
from alembic import op

from storage.types import JSON, UTCDateTime
${imports if imports else ""}
revision = ${repr(up_revision)}
down_revision = ${repr(down_revision)}
phase = "expand"  # or "contract": CONTRIBUTING.md says which it is


def upgrade() -> None:
    """${message}."""
    ${upgrades if upgrades else "pass"}
