from __future__ import annotations
def check(town): pass
def check_places(town): pass
