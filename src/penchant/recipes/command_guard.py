"""Runs a command that never outlives the process that asked for it; a program of its own.

    python command_guard.py FOLDER GRACE_S COMMAND [ARGUMENT ...]

The command runs in a group of its own. When standard input closes, as it does when the process
that holds its other end is killed, the group is asked to end, killed after `GRACE_S` seconds, and
FOLDER is deleted. Otherwise this ends with the command's own exit status. A container whose client
had to be killed is killed by its name, which is FOLDER's.
"""

import os
import shutil
import signal
import subprocess
import sys
import threading
from contextlib import suppress
from pathlib import Path


def main() -> None:
    """Run the command of the command line."""
    folder, grace_s, command = Path(sys.argv[1]), float(sys.argv[2]), sys.argv[3:]
    try:
        process = subprocess.Popen(  # noqa: S603  # declared by who runs this installation
            command, stdin=subprocess.DEVNULL, start_new_session=True
        )
    except OSError as error:
        sys.stdout.write(f"{command[0]} cannot be started: {error}\n")
        sys.stdout.flush()
        os._exit(127)
    alone = threading.Event()
    ending = (process, Path(command[0]).name, folder, grace_s, alone)
    watch = threading.Thread(target=_end_with_parent, args=ending)
    watch.start()
    status = process.wait()
    if alone.is_set():
        watch.join()
    _signal(process.pid, signal.SIGKILL)  # what it left running
    os._exit(status if status >= 0 else 128 - status)


def _end_with_parent(
    process: "subprocess.Popen[bytes]",
    program: str,
    folder: Path,
    grace_s: float,
    alone: threading.Event,
) -> None:
    while os.read(0, 1024):
        pass
    alone.set()
    _end(process, grace_s)
    if program == "docker":
        kill = ["docker", "kill", folder.name]
        subprocess.run(kill, check=False, capture_output=True)  # noqa: S603  # our own words
    shutil.rmtree(folder, ignore_errors=True)


def _end(process: "subprocess.Popen[bytes]", grace_s: float) -> None:
    """End all of the command's group: politely, then not."""
    _signal(process.pid, signal.SIGTERM)
    with suppress(subprocess.TimeoutExpired):
        process.wait(grace_s)
    _signal(process.pid, signal.SIGKILL)


def _signal(group: int, number: int) -> None:
    with suppress(ProcessLookupError):
        os.killpg(group, number)


if __name__ == "__main__":
    main()
