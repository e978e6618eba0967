"""The web server beside the chat platforms: health, metrics, and whatever routes it is handed."""
