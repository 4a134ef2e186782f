"""The passes of a sync: what is asked of Azure DevOps, in which order, and where each goes on after a stop.

`lines` is the door: tasks and the sync command call it. A pass asks, stores page by page with its cursor in the same
transaction, and returns whether it came to its end. Passes write history only through `releases.sync.store`.
"""
