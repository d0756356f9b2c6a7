"""The fast path of an answer: deployed models, histories with fresh events, exploration, top-k."""
