"""How good a model is: splits, ranked lists, metrics, their significance, leaderboards, search."""
