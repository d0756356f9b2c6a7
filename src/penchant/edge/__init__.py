"""HTTP: who is asking, which operation it is, and how the answer goes back."""
