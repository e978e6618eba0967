"""The gate for all errors of `stint`: an error that a person can cure ends a command with a sentence.

`stint --debug …` opens the gate, so that an error in Stint itself can be seen whole.
"""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from typing import Any

import typer
from typer.core import TyperGroup

__all__ = ["Gate"]


class Gate(TyperGroup):
    """The group of all commands; every error that a command raises comes here."""

    def make_context(self, info_name: Any, args: Any, parent: Any = None, **extra: Any) -> Any:  # noqa: ANN401 - click's own
        """Read the command line; an error in it, such as help that cannot be written, ends it likewise."""
        if "--debug" in args:
            return super().make_context(info_name, args, parent, **extra)
        try:
            return super().make_context(info_name, args, parent, **extra)
        except Exception as error:  # noqa: BLE001 - this is where every error ends
            raise _end(error) from None

    def invoke(self, ctx: Any) -> Any:  # noqa: ANN401 - click's own context, which typer keeps to itself
        """Run the command; an error ends it with what to do (exit code 2) or with where it was raised (1).

        A damaged database ends it with what to do (exit code 1).
        """
        if ctx.params.get("debug"):
            return super().invoke(ctx)
        try:
            return super().invoke(ctx)
        except Exception as error:  # noqa: BLE001 - this is where every error ends
            raise _end(error) from None


def _end(error: Exception) -> Exception:
    """Print what an error means; return the exception that ends the command, typer's own unchanged."""
    if isinstance(error, typer.Exit | typer.Abort | BrokenPipeError) or hasattr(error, "exit_code"):
        return error
    from adapters.cli.advice import how_to_mend, where_raised
    from storage.diagnostics import is_damage

    words = how_to_mend(error)
    typer.echo(words or where_raised(error), err=True)
    _drop_unwritable()
    return typer.Exit(2 if words and not is_damage(error) else 1)


def _drop_unwritable() -> None:
    """Drop what standard output cannot take: at its end Python would try again, and print a complaint."""
    try:
        sys.stdout.flush()
    except OSError:
        with suppress(OSError):  # a stream without a file, in a test
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
