"""How good a model is: splits, metrics, ranked lists, the leaderboard."""
