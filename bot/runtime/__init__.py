"""The running of turns: receive events, serve what is due, deliver what is to be sent."""
