"""Log lines into files of this process in LOG_DIR, whose size is bounded."""

import contextlib
import logging
import os
import sys
import time
from pathlib import Path

from audit.shipping import log_files

# A file is finished after this much, so that what is shipped can be removed piece by piece.
MAX_FILE_BYTES = 16 * 1024 * 1024
MAX_FILE_S = 3600.0
# How often the folder is measured.
LOOK_EVERY_S = 10.0


class ProcessFileHandler(logging.Handler):
    """Appends whole lines to a file that no other process writes.

    When the location's files reach `folder_bytes` and somebody ships them, lines are left out until
    there is room, and counted: what is not shipped is removed by nobody. Otherwise the oldest
    finished files make room.
    """

    def __init__(
        self, *, folder: str, location_id: str, process: str, folder_bytes: int, is_shipped: bool
    ) -> None:
        super().__init__()
        self._folder = Path(folder)
        self._location_id, self._process = location_id, process
        self._folder_bytes, self._is_shipped = folder_bytes, is_shipped
        self._descriptor = self._pid = -1
        self._written = self._left_out = 0
        self._opened_at_s = self._look_at_s = 0.0
        self._is_full = False

    def emit(self, record: logging.LogRecord) -> None:
        line = f"{self.format(record)}\n".encode("utf-8", "backslashreplace")
        now_s = time.monotonic()
        if now_s >= self._look_at_s:
            self._look_at_s = now_s + LOOK_EVERY_S
            self._is_full = not self._has_room()
        if self._is_full:
            self._leave_out("the files in LOG_DIR have reached LOG_DIR_MAX_MB")
            return
        try:
            self._write(line, now_s)
        except OSError as error:
            self._is_full = True  # until the next look
            self._leave_out(os.strerror(error.errno or 0))

    def close(self) -> None:
        self._close_file()
        super().close()

    def _write(self, line: bytes, now_s: float) -> None:
        is_old = now_s - self._opened_at_s > MAX_FILE_S
        if self._pid != os.getpid() or is_old or self._written + len(line) > MAX_FILE_BYTES:
            self._close_file()
            self._descriptor = log_files.open_new(
                self._folder, location_id=self._location_id, process=self._process
            )
            self._pid, self._written, self._opened_at_s = os.getpid(), 0, now_s
        if self._left_out:
            count, self._left_out = self._left_out, 0
            line = self._told(f"{count} lines were left out", count) + line
        self._written += os.write(self._descriptor, line)

    def _has_room(self) -> bool:
        files = log_files.files_of(self._folder, location_id=self._location_id)
        total = sum(map(log_files.size_of, files))
        if self._is_shipped:
            return total < self._folder_bytes
        for file in files:
            if total < self._folder_bytes:
                break
            size = log_files.size_of(file)
            total -= size if log_files.remove_finished(file) else 0
        return True

    def _leave_out(self, reason: str) -> None:
        if not self._left_out:
            with contextlib.suppress(OSError, ValueError):
                sys.stderr.write(self._told(reason, 1).decode())
        self._left_out += 1

    def _told(self, reason: str, count: int) -> bytes:
        said = {"reason": reason, "count": count}
        record = logging.makeLogRecord(
            {"name": __name__, "msg": "logs.left_out", "levelname": "ERROR", "levelno": 40, **said}
        )
        return f"{self.format(record)}\n".encode()

    def _close_file(self) -> None:
        if self._descriptor >= 0:
            os.close(self._descriptor)
        self._descriptor = -1
