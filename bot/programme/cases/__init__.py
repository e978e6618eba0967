"""Cases: what a person confides in the coordinators of their choice, from the first word to a recorded end.

Only the person and the coordinators they left ticked read a case. No other coordinator, list, task,
history, summary or staff channel leads to it, and no message about it holds what was written in it.
"""
