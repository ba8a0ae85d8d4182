"""What a killed demo left running: found by its mark or its pid file, and ended."""

from pathlib import Path

from deploy.local import processes
from deploy.local.console import say
from deploy.local.locations import MARK


def end_leftovers(home: Path) -> None:
    """Ends children of an earlier demo in this home. Databases and Kafka see to their own."""
    has_proc = Path("/proc/self").exists()
    pids = processes.marked(f"{MARK}={home}") if has_proc else of_pid_files(home / "run")
    if pids:
        say(f"Ending {len(pids)} processes that an earlier demo left behind")
        processes.end_strays(pids)


def of_pid_files(run: Path) -> list[int]:
    """Living processes named by pid files whose command line is one of ours.

    Where there is no /proc this is all there is to go by: a pid may be somebody else's by now.
    """
    found = []
    for file in run.glob("*.pid"):
        text = file.read_text().strip()
        words = processes.command_line(int(text)) if text.isdigit() else ""
        if "manage.py" in words or "gunicorn" in words:
            found.append(int(text))
    return found
