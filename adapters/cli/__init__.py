"""`stint …`: the composition root, the only place that wires adapters, core and storage together.

`commands` holds every command; a module with a command's name does its work.
"""
