"""The models that this server answers with: the champions, or what an admin has loaded instead."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from ml import artefact as artefacts
from ml import champions, jobs, store
from ml.artefact import Artefact
from ml.frames import risk_bands
from ml.risk import RiskBands
from ml.task import Task
from warehouse.connect import connect
from warehouse.errors import ClienteleError, UsageError
from warehouse.settings import Settings

LOG = logging.getLogger("clientele.api")


@dataclass(frozen=True)
class Served:
    """One fitted model in memory. It never changes: a switch puts another in its place."""

    task: Task
    artefact: Artefact
    is_pinned: bool = False
    """Whether an admin loaded it, so that a new champion does not replace it."""
    loaded_at: datetime = field(default_factory=lambda: datetime.now(UTC))

    @property
    def version(self) -> str:
        """Its version."""
        return self.artefact.model_version


class ServedModels:
    """Who answers for each task and shop. Requests take a reference; a switch is one assignment."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.bands = RiskBands()
        self._models: Mapping[tuple[str, str], Served] = {}
        self._changing = asyncio.Lock()

    @property
    def models_dir(self) -> Path:
        """Where fitted models are kept."""
        return self.settings.home_dir / "models"

    def all(self) -> list[Served]:
        """Everything that is served, by task and shop."""
        return [self._models[key] for key in sorted(self._models)]

    def shops(self, task: str) -> list[str]:
        """The shops that have a model of a task."""
        return sorted(shop for name, shop in self._models if name == task)

    def find(self, task: str, source: str | None) -> Served:
        """Return the model of a task for a shop; of the only one where none is named.

        Raises:
            LookupError: there is none, or several could be meant.
        """
        shops = self.shops(task)
        shop = source if source is not None else (shops[0] if len(shops) == 1 else None)
        if shop is None and shops:
            raise LookupError(f"name the shop in source: {task} has models of {', '.join(shops)}")
        if shop not in shops:
            known = f"; it has models of {', '.join(shops)}" if shops else ""
            raise LookupError(f"{task} has no model{f' of {shop}' if shop else ''}{known}")
        return self._models[task, str(shop)]

    async def refresh(self) -> None:
        """Serve the champions. What cannot be loaded is said, and what was served stays."""
        async with self._changing:
            self._models = await asyncio.to_thread(self._champions, dict(self._models))

    async def load(self, task: str, source: str | None, version: str) -> Served:
        """Serve a version, or the champion again ("champion"), from the next request on.

        Raises:
            LookupError: the shop is not told, or has no such version.
            ClienteleError: its file is lost or unreadable, and what was served stays.
        """
        shop = source or self.find(task, None).artefact.source_name
        async with self._changing:
            served = await asyncio.to_thread(self._read, task, shop, version)
            self._models = {**self._models, (task, shop): served}
        return served

    def _read(self, task: str, shop: str, version: str) -> Served:
        found = jobs.find_task(task)
        if version == "champion":
            artefact = jobs.champion(self.settings, self.models_dir, found, shop)
            if artefact is None:
                raise LookupError(f"{task} of {shop} has no champion")
            return Served(found, artefact)
        with connect(self.settings) as conn:
            found_versions = champions.versions(conn, self.models_dir, task, shop)
        known = [each.model_version for each in found_versions]
        if version not in known:
            shown = ", ".join(known[-5:]) or "none"
            raise LookupError(f"{task} of {shop} has no version {version}; newest: {shown}")
        artefact = artefacts.load(self.models_dir, shop, task, version)
        return Served(found, artefact, is_pinned=True)

    def _champions(self, served: dict[tuple[str, str], Served]) -> dict[tuple[str, str], Served]:
        self.bands = risk_bands(self.settings)
        with connect(self.settings) as conn:
            pairs = [pair for pair in champions.pairs(conn) if pair[0] in jobs.TASKS]
            versions = {pair: store.champion_version(conn, *pair) for pair in pairs}
        for pair, version in versions.items():
            old = served.get(pair)
            if version is None or (old and (old.is_pinned or old.version == version)):
                continue
            try:
                artefact = artefacts.load(self.models_dir, pair[1], pair[0], version)
            except ClienteleError as error:
                LOG.warning("%s of %s: %s", *pair, error.message)
                continue
            served[pair] = Served(jobs.find_task(pair[0]), artefact)
        return served


def known_task(name: str) -> str:
    """Return the name of a task.

    Raises:
        LookupError: there is no such task.
    """
    try:
        return jobs.find_task(name).name
    except UsageError as error:
        raise LookupError(error.message) from None


def score_table(task: str) -> str:
    """Return schema.table that a task's scores are appended to, as dbt's sources name it."""
    return jobs.find_task(task).score_table
