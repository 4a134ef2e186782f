"""What all commands share: recording one, moving one, and what people do with one that needs them.

Called by the verbs of `releases.actions` and by `releases.delivery`. Everything happens in the caller's transaction.
"""
