"""The web server beside the chat platforms: health, metrics, and the routes that the caller passes to it."""
