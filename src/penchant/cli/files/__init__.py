"""Files of the user's own: read, checked and looked at without a server."""
