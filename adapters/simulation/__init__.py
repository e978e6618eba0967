"""Simulation: the bot on a virtual clock, with made-up people, simulated platforms and faults."""
