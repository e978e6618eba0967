"""Notifications: what nobody asked for: the message of the day, coordinators' open items, late messages."""
