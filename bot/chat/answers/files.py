"""A file that comes with the message."""

from msgspec import convert

from bot.chat.answers.model import Answer, Asking, FileRef, JSONValue, Refused, Understood
from bot.chat.answers.readings import settle

_KILO = 1_000


def read_file(files: tuple[FileRef, ...], asking: Asking) -> Answer:
    """Take the file of the message; of several, one is asked for."""
    if not files:
        return Refused("No file came with that. Please attach the file to your message.")
    fit = tuple(file for file in files if not file.refused)
    if not fit:
        return Refused(files[0].refused)
    checked = [check_file(as_value(file), asking) for file in fit]
    return settle(checked, "I can keep only one file. Which one should I take?")


def as_value(file: FileRef) -> JSONValue:
    """Return what is stored of a file."""
    return {"id": file.id, "name": file.name, "size": file.size, "media_type": file.media_type}


def file_of(value: object) -> FileRef:
    """Return the file that `as_value` stored."""
    return convert(value, FileRef)


def check_file(value: JSONValue, asking: Asking) -> Understood | Refused:
    """Take a file as it is stored; `maximum` limits its size in bytes."""
    match value:
        case {
            "id": str(), "name": str(name), "size": int(size), "media_type": str(), **rest
        } if not rest:  # fmt: skip
            pass
        case _:
            return Refused("I need a file here. Please attach it to your message.")
    if asking.maximum is not None and size > asking.maximum:
        return Refused(f"That file is {_size(size)}, and the most I can take is {_size(asking.maximum)}.")
    return Understood(value, f"{name or 'a file'} ({_size(size)})")


def _size(count: float) -> str:
    """Return a size in words: "120 kB"."""
    for unit in ("bytes", "kB", "MB"):
        if count < _KILO:
            return f"{count:.3g} {unit}"
        count /= _KILO
    return f"{count:.3g} GB"
