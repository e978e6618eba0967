"""Notifications: what people did not ask for: the daily message, coordinators' tasks, late messages."""
