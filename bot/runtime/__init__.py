"""How a turn runs: receive events, serve what is due, deliver what is to be sent."""
