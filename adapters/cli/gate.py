"""The one gate for errors of `stint`: what a person can mend ends a command with a sentence, no traceback.

`stint --debug …` opens the gate, so that an error of Stint's own can be seen whole.
"""

from __future__ import annotations

from typing import Any

import typer
from typer.core import TyperGroup

__all__ = ["Gate"]


class Gate(TyperGroup):
    """The group of all commands; every error that a command lets out comes here."""

    def invoke(self, ctx: Any) -> Any:  # noqa: ANN401 - click's own context, which typer keeps to itself
        """Run the command; an error ends it with what to do (exit code 2) or with where it was raised (1)."""
        if ctx.params.get("debug"):
            return super().invoke(ctx)
        try:
            return super().invoke(ctx)
        except (typer.Exit, typer.Abort, BrokenPipeError):
            raise
        except Exception as error:
            if hasattr(error, "exit_code"):  # typer's own, about what was typed
                raise
            from adapters.cli.mending import how_to_mend, where_raised

            words = how_to_mend(error)
            typer.echo(words or where_raised(error), err=True)
            raise typer.Exit(2 if words else 1) from None
