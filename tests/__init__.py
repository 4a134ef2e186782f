"""The tests: what each folder holds stands in docs/house.md; servers they need are started by them on free ports."""
