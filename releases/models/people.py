"""People: who signs in, what they may do where, and how Azure, git and Azure ML call them."""

from __future__ import annotations

from typing import Any, ClassVar
from uuid import uuid4

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import Q

from releases.models import choices
from releases.states import IdentityKind, Role


def new_subject() -> str:
    """An opaque name for a person that says nothing about them; the trail refers to people by it."""
    return uuid4().hex


class Users(BaseUserManager["User"]):
    """Makes users; e-mail addresses are compared without regard to case."""

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> User:
        """Create and return a user who signs in with this address. Raises ValueError without an address."""
        if not email:
            raise ValueError("A user needs an e-mail address.")
        user = self.model(email=email.strip().lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def get_by_natural_key(self, username: str | None) -> User:
        """The user with this address, whatever its case."""
        return self.get(email__iexact=username or "")


class User(AbstractBaseUser):
    """One person who can sign in. `subject` is the only name of them that the audit chain keeps."""

    email = models.EmailField(unique=True)
    subject = models.CharField(max_length=32, unique=True, default=new_subject, editable=False)
    name = models.CharField(max_length=200)
    time_zone = models.CharField(max_length=64, default="UTC")
    theme = models.CharField(max_length=6, default="system", choices=[(t, t) for t in ("system", "light", "dark")])
    has_shortcuts = models.BooleanField(default=True)
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField(auto_now_add=True)

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]

    objects: ClassVar[Users] = Users()

    def __str__(self) -> str:
        return self.name or self.email

    def get_full_name(self) -> str:
        """The name shown to others."""
        return self.name or self.email

    def get_short_name(self) -> str:
        """The name shown where there is little room."""
        return self.get_full_name()


class Membership(models.Model):
    """One role of one person in one project, or in every project when `project` is empty."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="memberships")
    project = models.ForeignKey("releases.Project", on_delete=models.CASCADE, null=True, blank=True)
    role = models.CharField(max_length=16, choices=choices.of(Role))
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "project", "role"], name="membership_once"),
            models.UniqueConstraint(
                fields=["user", "role"], condition=Q(project__isnull=True), name="membership_everywhere_once"
            ),
            choices.only("role", Role, name="membership_role_known"),
        ]

    def __str__(self) -> str:
        return f"{self.user} as {self.role}"


class Identity(models.Model):
    """One name under which Azure DevOps, git or Azure ML knows somebody or something.

    `key` is the source's own id; where the source gives none (or all zeros) it is the unique name or the address.
    """

    class Source(models.TextChoices):
        AZURE_DEVOPS = "azure_devops"
        GIT = "git"
        AZURE_ML = "azure_ml"

    source = models.CharField(max_length=16, choices=Source.choices)
    key = models.CharField(max_length=320)
    name = models.CharField(max_length=400, blank=True)
    email = models.CharField(max_length=320, blank=True)
    kind = models.CharField(max_length=8, choices=choices.of(IdentityKind), default=IdentityKind.UNKNOWN)
    is_group = models.BooleanField(default=False)
    user = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="identities")

    class Meta:
        verbose_name_plural = "identities"
        constraints = [
            models.UniqueConstraint(fields=["source", "key"], name="identity_once"),
            choices.only("kind", IdentityKind, name="identity_kind_known"),
        ]

    def __str__(self) -> str:
        return self.name or self.email or self.key


class ApiKey(models.Model):
    """One key a person made for a program. Only the SHA-256 of the key is kept; `prefix` finds the row."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="api_keys")
    name = models.CharField(max_length=100)
    prefix = models.CharField(max_length=12, unique=True)
    digest = models.CharField(max_length=64)
    scopes = models.JSONField(default=list)
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField(null=True, blank=True)
    last_used_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"{self.name} ({self.prefix}...)"


class Invitation(models.Model):
    """One link with which one person makes their own account, once. Only the SHA-256 of its secret is kept.

    The account gets the role in `project`, or in every project when that is empty.
    """

    digest = models.CharField(max_length=64, unique=True)
    role = models.CharField(max_length=16, choices=choices.of(Role))
    project = models.ForeignKey("releases.Project", on_delete=models.CASCADE, null=True, blank=True, related_name="+")
    made_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [choices.only("role", Role, name="invitation_role_known")]

    def __str__(self) -> str:
        return f"invitation of a {self.role}"


class SavedView(models.Model):
    """One set of filters of the releases list that a person keeps under a name; `query` is the address after `?`."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, db_index=False, related_name="saved_views")
    name = models.CharField(max_length=60)
    query = models.CharField(max_length=2000)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "name"], name="saved_view_once")]

    def __str__(self) -> str:
        return self.name
