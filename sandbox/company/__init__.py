"""The living company behind the sandbox's servers: one simulator makes its past and its present.

The servers open it with `Company.open` and render what it holds; it knows nothing of HTTP.
"""

from sandbox.company.company import Company, Refusal

__all__ = ["Company", "Refusal"]
