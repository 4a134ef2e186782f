"""Commands: what we ask Azure to do, durable and done once. The table is the queue; Celery only wakes somebody up.

Made by `releases.actions`, carried out by `releases.delivery`; every move goes through `actions.commands.moving`.
"""

from uuid import uuid4

from django.db import models
from django.db.models import Q

from releases.models import choices
from releases.models.catalog import Organization, Pipeline, Project, Stage, Workspace
from releases.models.history import Release, ReleaseStage
from releases.models.people import User
from releases.states import FINAL_COMMAND_STATES, CommandCode, CommandKind, CommandState

FORMAT = 1
"""The newest form of `payload` that this version understands; a newer one is left for a newer worker."""

FINAL = sorted(state.value for state in FINAL_COMMAND_STATES)
DEPLOYS = [CommandKind.DEPLOY.value, CommandKind.REDEPLOY.value]


class Command(models.Model):
    """One thing somebody asked Azure to do, and what became of it (decisions 16 to 18).

    `target` names what it changes; one open command per target, and one open deployment per stage of a pipeline.
    `payload` is what is asked, `snapshot` what the person saw; a release that changed since is refused, not deployed.
    `base_attempt`, `base_status` and `base_revision` are what Azure showed before the first send. `sends` and `losses`
    (workers that died holding it) have a limit. `absences`: how often Azure was read after the settle time without a
    trace of it, the last time at `absent_at`. `due_at` is empty while only a person can move it. Leases go by the
    database's clock. `marker` is what the comment in Azure carries; `attempt` the attempt it made.
    """

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    kind = models.CharField(max_length=16, choices=choices.of(CommandKind))
    format = models.PositiveSmallIntegerField(default=FORMAT)
    organization = models.ForeignKey(Organization, models.PROTECT, db_index=False, related_name="commands")
    project = models.ForeignKey(Project, models.PROTECT, related_name="commands")
    target = models.CharField(max_length=400)
    release = models.ForeignKey(Release, models.PROTECT, null=True, related_name="commands")
    release_stage = models.ForeignKey(ReleaseStage, models.PROTECT, null=True, related_name="commands")
    stage = models.ForeignKey(Stage, models.PROTECT, null=True, related_name="commands")
    pipeline = models.ForeignKey(Pipeline, models.PROTECT, null=True, related_name="commands")
    workspace = models.ForeignKey(Workspace, models.PROTECT, null=True, related_name="commands")
    parent = models.ForeignKey("self", models.PROTECT, null=True, related_name="children")
    payload = models.JSONField(default=dict)
    payload_hash = models.CharField(max_length=64)
    snapshot = models.JSONField(default=dict)
    snapshot_hash = models.CharField(max_length=64, blank=True)
    is_roll_back = models.BooleanField(default=False)
    reason = models.TextField(blank=True)
    asked_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="commands")
    asked_as = models.CharField(max_length=32, blank=True)
    asked_via = models.CharField(max_length=8)
    asked_at = models.DateTimeField()
    key = models.CharField(max_length=100)
    state = models.CharField(max_length=16, choices=choices.of(CommandState), default=CommandState.AUTHORISED)
    code = models.CharField(max_length=24, choices=choices.of(CommandCode), blank=True)
    sentence = models.TextField(blank=True)
    moved_at = models.DateTimeField()
    moves = models.PositiveIntegerField(default=0)
    due_at = models.DateTimeField(null=True)
    leased_by = models.CharField(max_length=200, blank=True)
    leased_until = models.DateTimeField(null=True)
    tries = models.PositiveIntegerField(default=0)
    sends = models.PositiveIntegerField(default=0)
    losses = models.PositiveIntegerField(default=0)
    base_attempt = models.PositiveIntegerField(null=True)
    base_status = models.CharField(max_length=32, blank=True)
    base_revision = models.IntegerField(null=True)
    first_sent_at = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)
    absences = models.PositiveIntegerField(default=0)
    absent_at = models.DateTimeField(null=True)
    marker = models.CharField(max_length=100, blank=True)
    activity_id = models.CharField(max_length=64, blank=True)
    attempt = models.PositiveIntegerField(null=True)
    result = models.JSONField(default=dict)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["asked_by", "key"], name="command_key_once"),
            models.UniqueConstraint(
                fields=["asked_as", "key"], condition=Q(asked_by__isnull=True), name="command_system_key_once"
            ),
            models.UniqueConstraint(fields=["target"], condition=~Q(state__in=FINAL), name="one_open_command"),
            models.UniqueConstraint(
                fields=["stage"], condition=~Q(state__in=FINAL) & Q(kind__in=DEPLOYS), name="one_open_deployment"
            ),
            choices.only("state", CommandState, name="command_state_known"),
            choices.only("kind", CommandKind, name="command_kind_known"),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=False, state__in=FINAL) | (Q(ended_at__isnull=True) & ~Q(state__in=FINAL)),
                name="command_ended_when_final",
            ),
            models.CheckConstraint(
                condition=Q(asked_by__isnull=False, asked_as="") | (Q(asked_by__isnull=True) & ~Q(asked_as="")),
                name="command_asked_by_one",
            ),
            models.CheckConstraint(
                condition=Q(leased_by="", leased_until__isnull=True)
                | (~Q(leased_by="") & Q(leased_until__isnull=False)),
                name="command_lease_whole",
            ),
            models.CheckConstraint(
                condition=Q(sends=0, sent_at__isnull=True, first_sent_at__isnull=True)
                | Q(sends__gt=0, sent_at__isnull=False, first_sent_at__isnull=False),
                name="command_sent_whole",
            ),
        ]
        indexes = [
            models.Index(fields=["due_at"], name="command_due", condition=~Q(state__in=FINAL)),
            models.Index(fields=["-asked_at", "-id"], name="command_asked"),
            models.Index(fields=["-ended_at"], name="command_ended", condition=Q(state__in=FINAL)),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.target}"

    @property
    def is_open(self) -> bool:
        """Whether it can still move."""
        return self.state not in FINAL_COMMAND_STATES


class CommandMove(models.Model):
    """One move of a command from `before` (empty at first) to `after`; `seq` is the number of its event in the trail.

    `by` is empty where Slipway itself moved it.
    """

    command = models.ForeignKey(Command, models.PROTECT, db_index=False, related_name="history")
    number = models.PositiveIntegerField()
    before = models.CharField(max_length=16, blank=True)
    after = models.CharField(max_length=16)
    code = models.CharField(max_length=24, blank=True)
    sentence = models.TextField(blank=True)
    at = models.DateTimeField()
    by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    seq = models.BigIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["command", "number"], name="command_move_once")]

    def __str__(self) -> str:
        return f"{self.number}: {self.before} to {self.after}"


class ReleaseFlag(models.Model):
    """Do not promote: one person's word that this release must go nowhere, until somebody lifts it."""

    release = models.ForeignKey(Release, models.PROTECT, related_name="flags")
    reason = models.TextField()
    set_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    set_at = models.DateTimeField()
    lifted_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    lifted_at = models.DateTimeField(null=True)
    lifted_reason = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["release"], condition=Q(lifted_at__isnull=True), name="one_open_release_flag"
            ),
            models.CheckConstraint(
                condition=Q(lifted_by__isnull=True, lifted_at__isnull=True)
                | Q(lifted_by__isnull=False, lifted_at__isnull=False),
                name="release_flag_lifted_whole",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.release}: do not promote"
