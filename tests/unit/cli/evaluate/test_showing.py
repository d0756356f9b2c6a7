"""What an evaluation prints while it learns, where nobody has a terminal."""

import io
import re

from rich.console import Console

from penchant.cli.evaluate.showing import lines
from penchant.recipes.contract import Step


def printed(every_s):
    console = Console(file=io.StringIO(), soft_wrap=True)
    with lines(console, "aws-sims", every_s) as told:
        told(Step("learning", 0.25, epoch=1, n_epochs=4, loss=5.5))
        told(Step("learning", 0.5, epoch=2, n_epochs=4, loss=5.25))
    return re.sub(r"[\d.]+ s$", "0 s", console.file.getvalue(), flags=re.MULTILINE)


def test_a_long_training_says_now_and_then_how_far_it_is():
    assert printed(every_s=0.0) == (
        "  aws-sims:  25% learning, epoch 1/4, loss 5.500\n"
        "  aws-sims:  50% learning, epoch 2/4, loss 5.250\n"
        "  aws-sims: done in 0 s\n"
    )


def test_a_short_training_says_only_that_it_is_done():
    assert printed(every_s=60.0) == "  aws-sims: done in 0 s\n"
