"""Waiting, in bars and in lines."""

import io

import pytest
from rich.console import Console

from penchant.cli.demo.waiting import Awaited, wait, words
from penchant.cli.refusal import Refusal


def awaited(statuses, label="train", reason=""):
    answers = iter(statuses)
    return Awaited(label, f"arn:{label}", lambda: (next(answers), reason))


def plain():
    return Console(file=io.StringIO(), soft_wrap=True)


def test_lines_tell_every_new_stage_and_tenth_once():
    console = plain()
    steps = iter(
        [
            {},
            {"stage": "reading", "done": 0.0},
            {"stage": "training", "done": 0.11, "epoch": 1, "n_epochs": 8, "loss": 6.5},
            {"stage": "training", "done": 0.12, "epoch": 1, "n_epochs": 8, "loss": 6.4},
        ]
    )

    wait(
        console,
        [awaited(["CREATE PENDING"] + ["CREATE IN_PROGRESS"] * 3 + ["ACTIVE"])],
        lambda arn: next(steps),
        poll_s=0,
    )

    lines = console.file.getvalue().splitlines()
    assert lines[0] == "  train:   0% reading"
    assert lines[1] == "  train:  11% training, epoch 1/8, loss 6.500"
    assert lines[2].startswith("  train: done in ")
    assert len(lines) == 3


def test_several_are_awaited_together_and_each_has_its_time():
    took_s = wait(
        plain(),
        [awaited(["ACTIVE"], "a"), awaited(["CREATE PENDING", "ACTIVE"], "b")],
        lambda arn: {},
        poll_s=0,
    )

    assert set(took_s) == {"arn:a", "arn:b"}


@pytest.mark.parametrize("status", ["CREATE FAILED", "CREATE STOPPED"])
def test_a_failure_is_told_with_its_reason(status):
    with pytest.raises(Refusal, match=f"train: {status}: too few rows"):
        wait(plain(), [awaited([status], reason="too few rows")], lambda arn: {}, poll_s=0)


def test_a_terminal_shows_bars():
    console = Console(file=io.StringIO(), force_terminal=True, width=120)

    wait(
        console,
        [awaited(["CREATE PENDING", "CREATE IN_PROGRESS", "ACTIVE"])],
        lambda arn: {"stage": "training", "done": 0.5},
        poll_s=0,
    )

    assert "train" in console.file.getvalue()
    assert "done in" in console.file.getvalue()


def test_words_tell_what_is_known():
    assert words({}) == "waiting"
    assert words({"stage": "counting", "done": 0.5}) == "counting"
    assert words({"stage": "training", "epoch": 2, "n_epochs": None}) == "training, epoch 2/?"
