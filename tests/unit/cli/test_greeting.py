"""What a started server says."""

import io
import subprocess

from rich.console import Console

from penchant.cli.called import called
from penchant.cli.data_folder import DataFolder
from penchant.cli.greeting import greet, greeting


def test_a_pipe_gets_plain_lines_with_the_address_first(tmp_path):
    console = Console(file=io.StringIO(), soft_wrap=True)

    greet(console, "http://127.0.0.1:4711", DataFolder(tmp_path))

    lines = console.file.getvalue().splitlines()
    assert lines[0].endswith("is up")
    assert lines[1] == "address  http://127.0.0.1:4711"


def test_a_narrow_terminal_gets_every_line_whole_so_that_it_can_be_pasted(tmp_path):
    console = Console(
        file=io.StringIO(), force_terminal=True, color_system=None, width=30, soft_wrap=True
    )
    greet(console, "http://127.0.0.1:4711", DataFolder(tmp_path))

    above, *lines, below = console.file.getvalue().splitlines()
    assert "is up" in above
    assert set(below) == {"─"}
    assert "\n".join(lines).strip() == greeting("http://127.0.0.1:4711", tmp_path, called()).strip()


def test_the_python_lines_compile(tmp_path):
    text = greeting("http://127.0.0.1:4711", tmp_path, "penchant")

    compile(text.split("Or from Python:")[1], "snippet", "exec")


def test_a_server_without_a_worker_says_what_jobs_wait_for(tmp_path):
    assert "jobs" not in greeting("http://127.0.0.1:4711", tmp_path, "penchant")
    text = greeting("http://127.0.0.1:4711", tmp_path, "penchant", jobs=False)
    assert f"\njobs     wait for a worker: penchant work --data {tmp_path}\n" in text


def test_a_folder_with_blanks_is_quoted(tmp_path):
    text = greeting("http://127.0.0.1:4711", tmp_path / "my data", "penchant")

    line = next(line for line in text.splitlines() if line.startswith("eval"))
    words = subprocess.run(
        ["sh", "-c", f'penchant() {{ printf "%s" "$3" >&2; }}; {line}'],
        capture_output=True,
        text=True,
        check=True,
    ).stderr
    assert words == str(tmp_path / "my data")
