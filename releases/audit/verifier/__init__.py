"""The program with which anybody verifies an export without Slipway: one file, made of the modules beside this one.

Whoever builds an export puts `program()` into it under the name `NAME`. Slipway's own verification shares the rules.
"""

import ast
from pathlib import Path

NAME = "verify_slipway_audit.py"
PARTS = ("rules", "ed25519", "reading", "command")
OWN = "releases.audit.verifier"


def program() -> str:
    """The text of the program: imports once, then the code of each part, without what ties the parts together here."""
    sources = [Path(__file__).with_name(f"{part}.py").read_text("utf-8") for part in PARTS]
    doc = ast.get_docstring(ast.parse(sources[-1]), clean=False)
    imports = sorted({line for source in sources for line in _imports(source)})
    bodies = [_body(source).strip() for source in sources]
    return f'#!/usr/bin/env python3\n"""{doc}"""\n\nfrom __future__ import annotations\n\n' + "\n".join(
        [*imports, "", "", "\n\n\n".join(bodies), ""]
    )


def _imports(source: str) -> list[str]:
    found = [node for node in ast.parse(source).body if isinstance(node, ast.Import | ast.ImportFrom)]
    outside = [node for node in found if not (isinstance(node, ast.ImportFrom) and _is_inside(node))]
    return [ast.unparse(node) for node in outside]


def _is_inside(node: ast.ImportFrom) -> bool:
    return node.module == "__future__" or str(node.module).startswith(OWN)


def _body(source: str) -> str:
    """The code after docstring and imports, comments and all."""
    nodes = [node for node in ast.parse(source).body[1:] if not isinstance(node, ast.Import | ast.ImportFrom)]
    return "".join(source.splitlines(keepends=True)[nodes[0].lineno - 1 :])
