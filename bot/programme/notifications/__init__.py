"""Notifications: what people did not ask for: the daily message, coordinators' open items, late messages."""
