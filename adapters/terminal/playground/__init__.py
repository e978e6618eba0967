"""The playground: a chat client in the terminal, in which the user plays every person."""

from adapters.terminal.playground.app import Playground
from adapters.terminal.playground.running_bot import Engine
from adapters.terminal.playground.screenshot import picture
from adapters.terminal.playground.tour import TRY_THIS, Step

__all__ = ["TRY_THIS", "Engine", "Playground", "Step", "picture"]
