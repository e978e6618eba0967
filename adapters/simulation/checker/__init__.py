"""The checker: what must hold after a simulation, read from its rows and messages alone."""
