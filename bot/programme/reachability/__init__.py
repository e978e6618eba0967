"""Reachability: what cannot be delivered, people and channels that are gone, and spaces that come and go."""
