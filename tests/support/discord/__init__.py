"""Discord, as tests have it: a server of our own over real sockets, its people, and what it refuses."""
