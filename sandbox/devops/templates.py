"""Renders the uniform releases of the benchmarks by filling in one of them. Replaced below."""

from sandbox.company.archive import Archive


class Templates:
    def __init__(self, archive: Archive) -> None:
        self.archive = archive
