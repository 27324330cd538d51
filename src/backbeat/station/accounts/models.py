"""Who works here: units, users, and the roles each user holds.

What a role may do is data (`data/roles.yaml`), not rows: it is reviewed and versioned with the software. Which user
holds which role is a row, so that it takes effect on that user's next request.
"""

import uuid
from collections.abc import Iterable
from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.validators import ASCIIUsernameValidator
from django.db import models, transaction
from django.utils import timezone
from django.utils.functional import cached_property

from backbeat.station.accounts import roles as known_roles


class Unit(models.Model):
    """A team or department; supervisors see the cases of their own unit."""

    name = models.CharField(max_length=100, unique=True)

    class Meta:
        ordering = ("name",)

    def __str__(self) -> str:
        return self.name


class UserManager(BaseUserManager["User"]):
    def create_user(
        self,
        username: str,
        password: str | None = None,
        *,
        display_name: str = "",
        roles: Iterable[str] = (),
        unit: Unit | None = None,
        **fields: Any,
    ) -> "User":
        """A user holding `roles`; no password means no password sign-in (single sign-on, services).

        Raises:
            Bug: a role that `data/roles.yaml` does not know.
        """
        wanted = [known_roles.role(name).id for name in roles]
        with transaction.atomic():
            user = self.model(
                username=self.model.normalize_username(username), display_name=display_name, unit=unit, **fields
            )
            user.set_password(password)
            user.save(using=self._db)
            for name in wanted:
                user.grant(name)
        return user


class User(AbstractBaseUser):
    """A person who signs in. Never a Django superuser: nobody is exempt from permission checks."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    username = models.CharField(
        max_length=64,
        unique=True,
        validators=[ASCIIUsernameValidator()],
        error_messages={"unique": "Another user has this user name."},
    )
    display_name = models.CharField("name", max_length=100, help_text="Shown to colleagues, for example PC 4512 Achebe")
    unit = models.ForeignKey(Unit, null=True, blank=True, on_delete=models.PROTECT, related_name="users")
    is_active = models.BooleanField("may sign in", default=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = UserManager()

    USERNAME_FIELD = "username"
    REQUIRED_FIELDS = ()

    class Meta:
        ordering = ("display_name", "username")

    def __str__(self) -> str:
        return self.display_name or self.username

    @cached_property
    def roles(self) -> frozenset[str]:
        """Ids of the roles held now; read once per request, because each request loads its user afresh."""
        return frozenset(self.roles_held.values_list("role", flat=True))

    @property
    def role_titles(self) -> str:
        """The roles in words, in the order the roles are listed."""
        return ", ".join(role.title for role in known_roles.ROLES.values() if role.id in self.roles)

    def grant(self, role: str, *, by: "User | None" = None) -> None:
        """Give a role (no effect if already held)."""
        self.roles_held.get_or_create(role=known_roles.role(role).id, defaults={"granted_by": by})
        self.__dict__.pop("roles", None)

    def withdraw(self, role: str) -> None:
        """Take a role away (no effect if not held)."""
        self.roles_held.filter(role=role).delete()
        self.__dict__.pop("roles", None)


class RoleHeld(models.Model):
    """One role of one user."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="roles_held")
    role = models.CharField(max_length=40)
    granted_by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    granted_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("user", "role"), name="role_held_once"),)

    def __str__(self) -> str:
        return f"{self.user_id} {self.role}"
