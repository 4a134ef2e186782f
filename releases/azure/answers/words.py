"""Azure DevOps' words for states and kinds, in one spelling. Used by the answer types only.

Azure writes the same word in different cases ("Approved", "approved") and old data has numbers instead of words.
Here every known spelling becomes the word of the specification; an unknown word is kept as it came.
Source of words and numbers: the enumerations of the Release area, REST API 7.1.
"""

from typing import TYPE_CHECKING, Annotated

from releases import states


class Vocabulary:
    """The words of one enumeration; `read` turns any spelling or number into the word of the specification."""

    def __init__(self, numbers: dict[int, str], *, synonyms: dict[str, str] | None = None) -> None:
        self._spellings: dict[str | int, str] = dict(numbers.items())
        for word in numbers.values():
            self._spellings[word] = self._spellings[word.lower()] = word
        for synonym, word in (synonyms or {}).items():
            self._spellings[synonym] = word

    def read(self, value: object) -> str:
        """The word for a word or number; what is unknown comes back as text, None as the empty text."""
        if value is None:
            return ""
        if not isinstance(value, (str, int)):
            return str(value)
        known = self._spellings.get(value)
        if known is None:
            known = self._spellings.get(str(value).lower(), str(value))
        return known


def _flags(*words: str) -> dict[int, str]:
    """The first word is 0, the others are the powers of two."""
    return {(1 << at) >> 1: word for at, word in enumerate(words)}


RELEASE_STATUS = Vocabulary({0: "undefined", 1: "draft", 2: "active", 4: "abandoned"})
RELEASE_REASON = Vocabulary(
    dict(enumerate(("none", "manual", "continuousIntegration", "schedule", "pullRequest"))),
)
STAGE_STATUS = Vocabulary(_flags(*(word.value for word in states.StageStatus)))
DEPLOYMENT_STATUS = Vocabulary(_flags(*(word.value for word in states.DeploymentStatus)))
DEPLOYMENT_REASON = Vocabulary(_flags("none", "manual", "automated", "scheduled", "redeployTrigger"))
OPERATION_STATUS = Vocabulary(
    _flags(
        *("undefined", "queued", "scheduled", "pending", "approved", "rejected", "deferred", "queuedForAgent"),
        *("phaseInProgress", "phaseSucceeded", "phasePartiallySucceeded", "phaseFailed", "canceled", "phaseCanceled"),
        *("manualInterventionPending", "queuedForPipeline", "cancelling", "evaluatingGates", "gateFailed"),
    )
)
APPROVAL_STATUS = Vocabulary(
    {0: "undefined", 1: "pending", 2: "approved", 4: "rejected", 6: "reassigned", 7: "canceled", 8: "skipped"}
)
APPROVAL_TYPE = Vocabulary({0: "undefined", 1: "preDeploy", 2: "postDeploy", 3: "all"})
INTERVENTION_STATUS = Vocabulary(_flags("unknown", "pending", "rejected", "approved", "canceled"))
PHASE_STATUS = Vocabulary(
    _flags(
        *("undefined", "notStarted", "inProgress", "partiallySucceeded", "succeeded", "failed"),
        *("canceled", "skipped", "cancelling"),
    )
)
PHASE_TYPE = Vocabulary(
    _flags("undefined", "agentBasedDeployment", "runOnServer", "machineGroupBasedDeployment", "deploymentGates")
)
GATE_STATUS = Vocabulary(_flags("none", "pending", "inProgress", "succeeded", "failed", "canceled"))
TASK_STATUS = Vocabulary(
    dict(
        enumerate(
            [
                "unknown",
                "pending",
                "inProgress",
                "succeeded",
                "failed",
                "canceled",
                "skipped",
                "succeeded",
                "failed",
                "partiallySucceeded",
            ]
        )
    ),
    # Tasks of old agents say "success" and "failure" for what later ones call "succeeded" and "failed".
    synonyms={"success": "succeeded", "failure": "failed"},
)
TRIGGER_TYPE = Vocabulary(
    dict(
        enumerate(("undefined", "artifactSource", "schedule", "sourceRepo", "containerImage", "package", "pullRequest"))
    )
)
CONDITION_TYPE = Vocabulary({0: "undefined", 1: "event", 2: "environmentState", 4: "artifact"})

# A field annotated with one of these is a `str` for whoever reads it; on the wire it may be a number or null.
if TYPE_CHECKING:
    ReleaseStatusWord = str
    ReleaseReasonWord = str
    StageStatusWord = str
    DeploymentStatusWord = str
    DeploymentReasonWord = str
    OperationStatusWord = str
    ApprovalStatusWord = str
    ApprovalTypeWord = str
    InterventionStatusWord = str
    PhaseStatusWord = str
    PhaseTypeWord = str
    GateStatusWord = str
    TaskStatusWord = str
else:
    _Wire = str | int | None
    ReleaseStatusWord = Annotated[_Wire, RELEASE_STATUS]
    ReleaseReasonWord = Annotated[_Wire, RELEASE_REASON]
    StageStatusWord = Annotated[_Wire, STAGE_STATUS]
    DeploymentStatusWord = Annotated[_Wire, DEPLOYMENT_STATUS]
    DeploymentReasonWord = Annotated[_Wire, DEPLOYMENT_REASON]
    OperationStatusWord = Annotated[_Wire, OPERATION_STATUS]
    ApprovalStatusWord = Annotated[_Wire, APPROVAL_STATUS]
    ApprovalTypeWord = Annotated[_Wire, APPROVAL_TYPE]
    InterventionStatusWord = Annotated[_Wire, INTERVENTION_STATUS]
    PhaseStatusWord = Annotated[_Wire, PHASE_STATUS]
    PhaseTypeWord = Annotated[_Wire, PHASE_TYPE]
    GateStatusWord = Annotated[_Wire, GATE_STATUS]
    TaskStatusWord = Annotated[_Wire, TASK_STATUS]
