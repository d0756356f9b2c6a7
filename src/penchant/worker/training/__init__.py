"""What a training is made of: gathering, choosing, learning, judging, saving."""
