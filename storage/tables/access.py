"""Tables of access: codes, installed apps, registered commands, a space's groups, people's files."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, LargeBinary, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from storage.tables.base import ProgrammeRow, in_programme, where_given
from storage.tables.values import CodePayload

__all__ = ["Code", "FileUse", "GroupRole", "Installation", "Registration", "StoredFile"]


class Code(ProgrammeRow):
    """A code that is good for one use: to set up, to connect a space, to link accounts, or as OAuth state."""

    __tablename__ = "codes"
    __table_args__ = (where_given("codes", "person_id"),)

    # Null for a code that belongs to no programme: the code of the first start, an OAuth state.
    programme_id: Mapped[int | None] = mapped_column(ForeignKey("programmes.id"), sort_order=-1)
    # setup, connect, link, oauth
    kind: Mapped[str] = mapped_column(String(10))
    # SHA-256 of the code in hex: only the recipient has the code itself.
    digest: Mapped[str] = mapped_column(String(64), unique=True)
    # The person it links, for a link.
    person_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    payload: Mapped[CodePayload]
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class GroupRole(ProgrammeRow):
    """The meaning of a group of a space (a Discord server role) in the programme."""

    __tablename__ = "group_roles"
    __table_args__ = (UniqueConstraint("programme_id", "platform", "group_id", "role"),)

    programme_id: Mapped[int] = in_programme()
    platform: Mapped[str] = mapped_column(String(20))
    group_id: Mapped[str] = mapped_column(String(120))
    role: Mapped[str] = mapped_column(String(12))
    # What the platform called it when its meaning was chosen; null where it did not say.
    name: Mapped[str | None] = mapped_column(String(100))


class Installation(ProgrammeRow):
    """An app installed in a space by OAuth; it belongs to no programme, since it exists before the first."""

    __tablename__ = "installations"
    __table_args__ = (UniqueConstraint("platform", "enterprise_id", "team_id"),)

    platform: Mapped[str] = mapped_column(String(20))
    # Either may be "": an organisation's installation has no team.
    enterprise_id: Mapped[str] = mapped_column(String(40), default="")
    team_id: Mapped[str] = mapped_column(String(40), default="")
    name: Mapped[str] = mapped_column(String(120), default="")
    app_id: Mapped[str] = mapped_column(String(40), default="")
    bot_user_id: Mapped[str] = mapped_column(String(40), default="")
    # Scopes, separated by commas.
    scopes: Mapped[str] = mapped_column(Text, default="")
    # The token, encrypted; "" once it was dropped.
    token: Mapped[str] = mapped_column(Text, default="")
    installed_at: Mapped[datetime]
    dropped_at: Mapped[datetime | None]


class Registration(ProgrammeRow):
    """The commands that a platform last received, so that it receives them only when they changed."""

    __tablename__ = "registrations"
    __table_args__ = (UniqueConstraint("platform", "scope"),)

    platform: Mapped[str] = mapped_column(String(20))
    # "" is everywhere, otherwise the space's id.
    scope: Mapped[str] = mapped_column(String(40), default="")
    digest: Mapped[str] = mapped_column(String(64))
    registered_at: Mapped[datetime]


class StoredFile(ProgrammeRow):
    """A file that a person sent, encrypted; `bot.chat.answers.FileRef.id` is `kept:` and the row's id."""

    __tablename__ = "files"
    __table_args__ = (UniqueConstraint("programme_id", "platform", "external_id"),)

    programme_id: Mapped[int] = in_programme()
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), index=True)
    platform: Mapped[str] = mapped_column(String(20))
    external_id: Mapped[str] = mapped_column(String(255))
    name: Mapped[str] = mapped_column(String(255))
    # Bytes, before encryption.
    size: Mapped[int]
    # The media type, found by looking at the bytes.
    media_type: Mapped[str] = mapped_column(String(120))
    content: Mapped[bytes] = mapped_column(LargeBinary)
    created_at: Mapped[datetime]


class FileUse(ProgrammeRow):
    """A row that holds a file: a file is kept as long as at least one row holds it."""

    __tablename__ = "file_uses"
    __table_args__ = (
        UniqueConstraint("file_id", "holder", "holder_id"),
        Index("ix_file_uses_holder", "holder", "holder_id"),
    )

    programme_id: Mapped[int] = in_programme()
    file_id: Mapped[int] = mapped_column(ForeignKey("files.id", ondelete="CASCADE"))
    # draft (a conversation that is not over), application, submission; and the id of its row.
    holder: Mapped[str] = mapped_column(String(12))
    holder_id: Mapped[int]
