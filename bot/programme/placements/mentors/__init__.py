"""Mentors: people who listen to a student at work, read little of it, and decide nothing."""
