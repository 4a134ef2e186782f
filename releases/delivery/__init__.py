"""Carries commands out: claim, policy again, send once, read Azure back, settle. The table is the queue.

`rounds.deliver()` is the door of task, beat and shell. Success is stored only after Azure was read; an answer that is
lost is `unknown`, and nothing unknown is sent again before Azure was read twice without a trace of it. Never imports
gates.
"""
