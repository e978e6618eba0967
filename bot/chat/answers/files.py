"""A file that comes with the message."""

from msgspec import convert

from bot.chat.answers.model import Answer, Asking, FileRef, JSONValue, Refused, Understood
from bot.chat.answers.readings import settle
from bot.chat.sentences import FileSize, Plain, Sentence, layout, say


def read_file(files: tuple[FileRef, ...], asking: Asking) -> Answer:
    """Take the file of the message; of several, one is asked for."""
    if not files:
        return Refused("No file came with that. Please attach the file to your message.")
    fit = tuple(file for file in files if not file.refused)
    if not fit:
        return Refused(why_refused(files[0]))
    checked = [check_file(as_value(file), asking) for file in fit]
    return settle(checked, say("I can keep only one file. Which one should I take?"))


def why_refused(file: FileRef) -> Plain | Sentence:
    """Return why a file cannot be kept."""
    return file.refused if isinstance(file.refused, Sentence) else Plain(file.refused)


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
        most = FileSize(int(asking.maximum))
        return Refused(
            say("That file has {size}, and the most I can take is {most}.", size=FileSize(size), most=most)
        )
    if not name:
        return Understood(value, say("a file ({size})", size=FileSize(size)))
    return Understood(value, layout("{name} ({size})", name=name, size=FileSize(size)))
