"""Discord: raw interactions in, plain JSON components out."""
