"""The home of one owner and its settings: flags > environment GIVETAKE_* > the owner's file > the home's file > defaults."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal
from zoneinfo import ZoneInfo

from platformdirs import user_data_path
from pydantic import BaseModel, Field, field_validator
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

WEIGHTS = {
    "status": 0, "thanks": 0, "applause": 0, "link": 0, "ask": 0, "spam": 0,
    "talk": 1, "amplification": 1, "endorsement": 1,
    "help": 3, "resource": 3, "credit": 3,
    "introduction": 9, "offer": 9, "recommendation": 9, "gift": 9,
}  # fmt: skip


class Measures(BaseModel, extra="forbid"):
    """What the measures may be told: metrics.md, sections 1 and 3."""

    half_life_days: float = Field(default=180, gt=0)
    momentum_days: int = Field(default=90, gt=0)
    policy: Literal["keep", "selective"] = "keep"
    weights: dict[str, float] = {}

    @field_validator("weights")
    @classmethod
    def _known(cls, weights: dict[str, float]) -> dict[str, float]:
        if strange := sorted(set(weights) - set(WEIGHTS)):
            raise ValueError(f"no such kind: {', '.join(strange)}; kinds are {', '.join(WEIGHTS)}")
        if not all(0 <= w < 1000 for w in weights.values()):  # sums are exact decimals, DECIMAL(18, 12)
            raise ValueError("a weight is at least 0 and less than 1000")
        return weights


class Relevant(BaseModel, extra="forbid"):
    """The owner's own criteria; a connection that matches one is relevant."""

    companies: list[str] = []
    positions: list[str] = []
    words: list[str] = []
    people: list[str] = []


class Settings(BaseSettings):
    """All settings, checked. An unknown name or a wrong value is an error that says where."""

    model_config = SettingsConfigDict(env_prefix="GIVETAKE_", env_nested_delimiter="__", extra="forbid")

    timezone: str = "UTC"
    keep_text: bool = True
    nights_kept: int = Field(default=5, ge=1)
    measures: Measures = Measures()
    relevant: Relevant = Relevant()
    pull: dict[str, dict[str, Any]] = {}

    @field_validator("timezone")
    @classmethod
    def _zone(cls, zone: str) -> str:
        try:
            ZoneInfo(zone)
        except (KeyError, ValueError, OSError):
            raise ValueError("no such time zone; write it as Europe/Berlin") from None
        return zone

    @property
    def weights(self) -> dict[str, float]:
        """The weight of every kind."""
        return {kind: float(self.measures.weights.get(kind, weight)) for kind, weight in WEIGHTS.items()}

    @classmethod
    def load(cls, home: Home, **flags: Any) -> Settings:
        """The settings of one owner. Raises pydantic.ValidationError or tomllib.TOMLDecodeError."""
        files = [home.root / "givetake.toml", home.folder / "givetake.toml"]

        class Loaded(cls):  # type: ignore[valid-type, misc]  # the files are the home's, so the sources are made per home
            @classmethod
            def settings_customise_sources(
                cls,
                settings_cls: type[BaseSettings],
                init_settings: PydanticBaseSettingsSource,
                env_settings: PydanticBaseSettingsSource,
                **_: PydanticBaseSettingsSource,
            ) -> tuple[PydanticBaseSettingsSource, ...]:
                toml = [TomlConfigSettingsSource(settings_cls, f) for f in reversed(files) if f.exists()]
                return (init_settings, env_settings, *toml)

        return Loaded(**flags)


@dataclass(frozen=True)
class Home:
    """Where one owner's things are."""

    root: Path
    owner: str = "me"

    @classmethod
    def find(cls, root: Path | str | None = None, owner: str | None = None) -> Home:
        """The home given, else GIVETAKE_HOME, else the platform's user data folder; the owner given, else the only one.

        Raises ValueError, in one line, where either cannot be one.
        """
        found = (
            Path(root or os.environ.get("GIVETAKE_HOME") or user_data_path("givetake", appauthor=False)).expanduser().absolute()
        )
        if set(str(found)) & set("*?["):  # DuckDB takes them for wildcards, and reads what lies beside
            raise ValueError(f"--home — {found} — choose a folder without *, ? and [ in its path")
        owner = owner or os.environ.get("GIVETAKE_OWNER")
        if not owner:
            owners = sorted(p.parent.name for p in found.glob("*/inbox") if p.is_dir()) if found.is_dir() else []
            owner = owners[0] if len(owners) == 1 else "me"
        if not owner.replace("-", "").replace("_", "").isalnum():
            raise ValueError(f"--owner — {owner} — write letters, digits, - and _")
        return cls(found, owner)

    def make(self) -> Home:
        """Create the folders, readable by this user only."""
        for folder in (self.root, self.folder, self.inbox, self.facts, self.nights):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        return self

    @property
    def folder(self) -> Path:
        return self.root / self.owner

    @property
    def inbox(self) -> Path:
        return self.folder / "inbox"

    @property
    def facts(self) -> Path:
        return self.folder / "facts"

    @property
    def people(self) -> Path:
        return self.folder / "people.csv"

    @property
    def ledger(self) -> Path:
        return self.folder / "ledger.csv"

    @property
    def kinds(self) -> Path:
        return self.folder / "kinds.csv"

    @property
    def warehouse(self) -> Path:
        return self.folder / "warehouse.duckdb"

    @property
    def nights(self) -> Path:
        return self.folder / "nights"

    @property
    def published(self) -> Path:
        return self.folder / "published"
