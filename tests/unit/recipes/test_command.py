"""A recipe that runs a real program."""

import os
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import pytest

from penchant.data.queries import Query
from penchant.domain.recipes import Parameter, RecipeEntry, RecipeType
from penchant.domain.recipes.sources import EXTERNAL, CommandSource
from penchant.recipes import command_guard
from penchant.recipes.checks import example_rows
from penchant.recipes.command import Command
from penchant.recipes.contract import silent

from ...waiting import until

SCORES = (
    "open(os.environ['SM_MODEL_DIR'] + '/item_scores.csv', 'w').write('item_id,score\\ni3,2\\n')"
)


def command(tmp_path, text, **source):
    """A recipe whose program is `text`."""
    (tmp_path / "train.py").write_text(f"import os, sys, time\n{text}\n")
    told = CommandSource(tmp_path, command=("python3", "train.py"), **source)
    entry = RecipeEntry(
        name="shop",
        recipe_type=RecipeType.USER_PERSONALIZATION,
        family=EXTERNAL,
        feature_transformation="shop",
        description="",
        hyper_parameters={"dimension": Parameter("8", 1, 64, integer=True)},
        source=told,
    )
    return Command.read(entry, told, {}, {})


def fit(recipe, progress=silent, seed=0):
    return recipe.fit(example_rows(), seed=seed, progress=progress)


def alive(pid):
    with suppress(FileNotFoundError, ProcessLookupError):
        return Path(f"/proc/{pid}/stat").read_text().split(") ")[1][0] not in "ZX"
    return False


def test_what_the_program_leaves_is_answered_from(tmp_path):
    model = fit(command(tmp_path, SCORES))
    assert int(model.score([Query()])[0].argmax()) == 3


def test_hyper_parameters_and_seed_reach_the_program(tmp_path):
    told = "print(os.environ['SM_HP_DIMENSION'], open(os.environ['SM_INPUT_CONFIG_DIR'] + "
    told += "'/hyperparameters.json').read().replace(chr(10), '')); sys.exit(1)"
    with pytest.raises(ValueError, match=r'8 {.*"seed": "5".*"dimension": "8"'):
        fit(command(tmp_path, told), seed=5)


def test_its_progress_is_told_in_order(tmp_path):
    steps = []
    fit(
        command(
            tmp_path,
            f"print('progress 0.5 half', flush=True); print('progress=0.25'); {SCORES}",
        ),
        steps.append,
    )
    done = [step.done for step in steps]
    assert done == sorted(done)
    assert ("half", pytest.approx(0.5)) in [(step.stage, step.done) for step in steps]
    assert done[-1] == 1.0


def test_what_it_prints_goes_to_the_log(tmp_path, caplog):
    with caplog.at_level("INFO"):
        fit(command(tmp_path, f"print('Grüße'); {SCORES}", environment={"PYTHONUTF8": "1"}))
    assert "shop: Grüße" in caplog.text


def test_the_reason_it_leaves_is_told(tmp_path):
    failing = "open(os.environ['SM_OUTPUT_DIR'] + '/failure', 'w').write('no GPU'); sys.exit(3)"
    with pytest.raises(ValueError, match=r"^shop: the program ended with status 3: no GPU$"):
        fit(command(tmp_path, failing))


def test_without_a_reason_its_last_words_are_told(tmp_path):
    with pytest.raises(ValueError, match=r"(?s)status 1: .*ZeroDivisionError: division by zero"):
        fit(command(tmp_path, "1 / 0"))


def test_a_program_that_is_killed_is_told_as_shells_do(tmp_path):
    with pytest.raises(ValueError, match="ended with status 137: it said nothing"):
        fit(command(tmp_path, "os.kill(os.getpid(), 9)"))


def test_a_program_that_is_not_there_is_told(tmp_path):
    source = CommandSource(tmp_path, command=("no-such-program",))
    with pytest.raises(ValueError, match="status 127: no-such-program cannot be started"):
        fit(Command("shop", source))


def test_a_program_that_takes_too_long_is_ended(tmp_path):
    text = f"open({str(tmp_path / 'pid')!r}, 'w').write(str(os.getpid())); time.sleep(60)"
    with pytest.raises(ValueError, match="was ended after timeout_s=2; give it longer"):
        fit(command(tmp_path, text, timeout_s=2))
    assert not alive((tmp_path / "pid").read_text())


def test_what_progress_raises_ends_the_program_and_its_children(tmp_path):
    text = (
        "import subprocess; child = subprocess.Popen(['sleep', '60']); "
        f"open({str(tmp_path / 'pid')!r}, 'w').write(str(child.pid)); "
        "print('progress 0.1', flush=True); time.sleep(60)"
    )

    def stop(step):
        if step.done > 0.1:
            raise InterruptedError

    with pytest.raises(InterruptedError):
        fit(command(tmp_path, text), stop)
    until(lambda: not alive((tmp_path / "pid").read_text()))


def test_the_program_ends_with_a_training_that_is_killed(tmp_path):
    folder, pid = tmp_path / "root", tmp_path / "pid"
    folder.mkdir()
    text = f"import os, time; open({str(pid)!r}, 'w').write(str(os.getpid())); time.sleep(60)"
    guard = [sys.executable, "-I", command_guard.__file__, str(folder), "1"]
    training = subprocess.Popen(
        [
            sys.executable,
            "-c",
            "import subprocess, sys\nsubprocess.Popen(sys.argv[1:], stdin=subprocess.PIPE).wait()",
            *guard,
            *(sys.executable, "-c", text),
        ]
    )
    until(lambda: pid.exists() and pid.read_text())
    training.kill()
    training.wait()
    until(lambda: not alive(pid.read_text()))
    until(lambda: not folder.exists())


def test_the_folder_is_gone_afterwards(tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    fit(command(tmp_path, SCORES))
    with pytest.raises(ValueError, match="status 1"):
        fit(command(tmp_path, "sys.exit(1)"))
    assert not list(tmp_path.glob("penchant-*"))


def test_another_programs_variables_are_not_ours(tmp_path):
    assert "TRAINING_ROOT" not in os.environ
    fit(command(tmp_path, f"assert os.environ['TRAINING_ROOT']; {SCORES}"))
    assert "TRAINING_ROOT" not in os.environ
