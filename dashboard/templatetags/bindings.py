"""Filters of the pages that show which stage is served where. No rule of the domain is decided here."""

from typing import Any

from django import template

from releases.models import Drift, Stage, StageBinding
from releases.queries.bindings import binding_of, place_of
from releases.queries.bindings import standing as standing_of
from releases.queries.endpoint import told_words
from releases.queries.served import ModelName, deployed_words, served_of

register = template.Library()


@register.filter
def standing(binding: StageBinding) -> str:
    """How a binding stands, for the form that changes it."""
    return standing_of(binding)


@register.filter
def stage_standing(stage: Stage) -> str:
    """The same of a stage, which may have no binding."""
    return standing_of(binding_of(stage))


@register.filter
def stage_place(stage: Stage) -> str:
    """Where a stage is served now; empty where that is not known."""
    binding = binding_of(stage)
    return place_of(binding) if binding and (binding.endpoint_id or binding.cluster_id) else ""


@register.filter
def served_words(served: list[dict[str, Any]]) -> str:
    """What a drift says was served."""
    return told_words(served)


@register.filter
def drift_deployed(drift: Drift) -> str:
    """The versions that were deployed, of the models that were served instead."""
    names = [ModelName(str(one.get("model", "")), str(one.get("version", ""))) for one in drift.deployed]
    return deployed_words(served_of(drift.served), names)
