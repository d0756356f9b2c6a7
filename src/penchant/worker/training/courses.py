"""What the settings of a search are measured on, in this process or in several."""

import multiprocessing
import os
import threading
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from typing import Any, Final, Self

from penchant.data.training_set import TrainingSet
from penchant.domain.recipes import RecipeEntry
from penchant.evaluation.search import Setting
from penchant.evaluation.splits import Split
from penchant.recipes.contract import Progress, Step, silent
from penchant.recipes.registry import recipe_of
from penchant.worker.training.validating import measured

_FIRST_LOOK: Final = 0.25


@dataclass(frozen=True)
class Course:
    """One recipe, and the rows that its settings learn from and are measured on.

    Attributes:
        entry: The recipe.
        hyper_parameters: Those that are not searched.
        feature_parameters: `featureTransformationParameters`.
        split: All rows to learn from, and the questions.
        part: Some of these rows, for a first look; None: there is none.
        seed: Source of all randomness.
        metric: What is measured.
    """

    entry: RecipeEntry
    hyper_parameters: Mapping[str, str]
    feature_parameters: Mapping[str, str]
    split: Split
    part: TrainingSet | None
    seed: int
    metric: str

    def measure(self, setting: Setting, *, early: bool, progress: Progress) -> float | str:
        """Learn with a setting: the metric, or why it could not be learned with.

        Args:
            setting: The hyper-parameters tried.
            early: Learn from `part`.
            progress: Told how far the learning is.
        """
        rows = self.part if early and self.part is not None else self.split.train
        try:
            parameters = {**self.hyper_parameters, **setting}
            recipe = recipe_of(self.entry, parameters, self.feature_parameters)
            model = recipe.fit(rows, seed=self.seed, progress=progress)
        except ValueError as error:
            return str(error)
        return measured(self.entry, model, self.split, self.metric)


class Bench:
    """Measures settings of a course, several at a time where there are several processes.

    The first setting is always measured in this process, and if that is quick, so are the others:
    a process takes seconds to start. What is measured does not depend on the number of processes.
    They end with this one, also where it is killed.

    Args:
        course: What to measure on.
        n_processes: How many settings are learned with at a time; 1 learns in this process.
        n_trials: How many settings are to come, for the progress.
        progress: Told of every measurement.
        worth_s: How long a measurement has to take for processes to be started.
    """

    def __init__(
        self,
        course: Course,
        n_processes: int,
        n_trials: int,
        progress: Progress,
        worth_s: float = 5.0,
    ) -> None:
        self._course = course
        self._n_processes = n_processes
        self._progress = progress
        self._n_trials = n_trials
        self._worth_s = worth_s
        self._n_measured = 0.0
        self._best: float | None = None
        self._helpers: list[_Helper] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *raised: object) -> None:
        for helper in self._helpers:
            helper.end()

    def measure(self, settings: Sequence[Setting], *, early: bool) -> Sequence[float | str]:
        """Measure settings, in their order; see `evaluation.search.Measure`."""
        values: list[float | str] = []
        for place, setting in enumerate(settings):
            if self._helpers:
                return values + self._measure_there(settings[place:], early=early)
            began = time.monotonic()
            values.append(self._measure_here(setting, early=early))
            if self._n_processes > 1 and time.monotonic() - began > self._worth_s:
                self._helpers = [_Helper(self._course) for _ in range(self._n_processes)]
        return values

    def _measure_here(self, setting: Setting, *, early: bool) -> float | str:
        weight = self._weight(early=early)

        def progress(step: Step) -> None:
            self._tell(replace(step, done=self._n_measured + step.done * weight))

        value = self._course.measure(setting, early=early, progress=progress)
        self._note(value, early=early)
        return value

    def _measure_there(self, settings: Sequence[Setting], *, early: bool) -> list[float | str]:
        values: dict[int, float | str] = {}
        waiting, idle = list(enumerate(settings))[::-1], list(self._helpers)
        busy: dict[Connection, tuple[int, _Helper]] = {}
        while waiting or busy:
            while waiting and idle:
                place, setting = waiting.pop()
                helper = idle.pop()
                helper.ask(setting, early=early)
                busy[helper.connection] = (place, helper)
            for connection in wait(list(busy)):
                assert isinstance(connection, Connection)
                place, helper = busy.pop(connection)
                values[place] = helper.value()
                self._note(values[place], early=early)
                idle.append(helper)
        return [values[place] for place in range(len(settings))]

    def _note(self, value: float | str, *, early: bool) -> None:
        self._n_measured += self._weight(early=early)
        if isinstance(value, float) and not early:
            self._best = value if self._best is None else max(value, self._best)
        self._tell(Step("tuning", self._n_measured))

    def _tell(self, step: Step) -> None:
        """Tell a step whose `done` counts trials."""
        number = min(int(self._n_measured) + 1, self._n_trials)
        stage = f"tuning, setting {number} of at most {self._n_trials}"
        if self._best is not None:
            stage += f", best {self._course.metric} {self._best:.4f}"
        self._progress(replace(step, stage=stage, done=min(1.0, step.done / self._n_trials)))

    def _weight(self, *, early: bool) -> float:
        """How much of a trial a measurement is."""
        first_look = _FIRST_LOOK if self._course.part is not None else 0.0
        return first_look if early else 1 - first_look


class _Helper:
    """A process that measures one setting after another."""

    def __init__(self, course: Course) -> None:
        context = multiprocessing.get_context("spawn")  # a fork would share torch's threads
        self.connection, theirs = context.Pipe()
        self._process = context.Process(target=_help, args=(course, theirs), daemon=True)
        self._process.start()
        theirs.close()

    def ask(self, setting: Setting, *, early: bool) -> None:
        """Have it measure; that it is dead is told by `value`."""
        with suppress(OSError):
            self.connection.send((dict(setting), early))

    def value(self) -> float | str:
        """What it has measured.

        Raises:
            ValueError: It died.
        """
        try:
            value: float | str = self.connection.recv()
        except (EOFError, OSError):
            self._process.join()
            raise ValueError(
                f"A process of the search ended with status {self._process.exitcode} (-9: killed, "
                "as when the machine has no memory left); set maxParallelTrainingJobs to 1, or "
                "see the worker's log."
            ) from None
        return value

    def end(self) -> None:
        """End it, whatever it does."""
        self._process.kill()
        self._process.join()
        self.connection.close()


def _help(course: Course, orders: Any) -> None:
    """Measure what is asked for until nobody is left to ask."""
    parent = multiprocessing.parent_process()
    assert parent is not None
    threading.Thread(target=_end_with, args=(parent,), daemon=True).start()
    while True:
        setting, early = orders.recv()
        orders.send(course.measure(setting, early=early, progress=silent))


def _end_with(parent: BaseProcess) -> None:
    parent.join()
    os._exit(1)
