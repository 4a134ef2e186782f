"""The log of one task, handed on piece by piece as it arrives. A part of `releases.azure.devops`.

Docs: https://learn.microsoft.com/rest/api/azure/devops/release/releases/get-task-log
"""

from releases.azure import locations
from releases.azure.asking import Asking
from releases.azure.wire import Into

TEXT = "text/plain"


class TaskLogs(Asking):
    """Logs of tasks. See `Asking` for how it behaves."""

    def task_log(
        self,
        project: str,
        release_id: int,
        environment_id: int,
        phase_id: int,
        task_id: int,
        *,
        into: Into,
        start_line: int | None = None,
        end_line: int | None = None,
    ) -> int:
        """Hand the log's bytes to `into`, unpacked; returns how many came. Lines count from 1, both ends included.

        Raises what `Asking` raises, NotThere where Azure has no such log (any more); `into` may then have got a part.
        """
        route = {
            "releaseId": release_id,
            "environmentId": environment_id,
            "releaseDeployPhaseId": phase_id,
            "taskId": task_id,
        }
        query = {"startLine": start_line, "endLine": end_line}
        size = 0

        def counted(piece: bytes) -> None:
            nonlocal size
            size += len(piece)
            into(piece)

        with self._wire.pouring(counted):
            self._ask("GET", locations.of("task_log"), project=project, route=route, query=query, accept=TEXT)
        return size
