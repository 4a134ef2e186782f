"""Faults on demand: which request is hit (`book`) and what then happens (`answers`, `changes`, `pages`, `delivery`)."""

from sandbox.http.faults.book import FaultBook
from sandbox.http.faults.exchange import Delivery, Exchange

__all__ = ["Delivery", "Exchange", "FaultBook"]
