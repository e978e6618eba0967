"""Routes of mentors."""

from bot.chat.routes import Routes, merge
from bot.programme.placements.mentors import answers, assign, ending, weekly, words

__all__ = ["ROUTES"]

ROUTES = merge((assign.ROUTES, ending.ROUTES, weekly.ROUTES, answers.ROUTES, Routes(messages=words.MESSAGES)))
