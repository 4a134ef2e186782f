"""The scenario "bench"."""

from datetime import datetime

from sandbox.company.stage import Stage


def uniform_stage(*, seed: int, releases: int, anchor: datetime) -> Stage:
    raise NotImplementedError
