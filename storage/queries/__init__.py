"""The hot statements, built once: what every turn reads and writes besides the programme's nouns."""
