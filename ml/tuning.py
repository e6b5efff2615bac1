"""Parameters by Optuna, inside the training window only.

What is lowered is the mean loss over the validation splits of the past (forward splits, as at
evaluation), by a tree-structured Parzen estimator (Bergstra et al. 2011) with a fixed seed. The
defaults are the first trial: tuning gives something else only where that is better there.
"""

from __future__ import annotations

import os
from typing import Any

from ml import estimators
from ml.estimators import SEED
from ml.supervised import Recipe, SupervisedTask
from ml.task import TrainingData
from warehouse.errors import UsageError

DEFAULT_TRIALS = 30


def tune(task: SupervisedTask, data: TrainingData, trials: int) -> dict[str, dict[str, Any]]:
    """Find parameters of each estimator of a task that has some to tune.

    Args:
        task: what to tune.
        data: only its past is looked at (`SplitRule.choosing`).
        trials: sets of parameters to try per estimator.

    Returns:
        Parameters by estimator; an estimator whose defaults are best is left out.

    Raises:
        UsageError: no estimator of the task can be tuned.
    """
    names = tunable(task)
    if not names:
        raise UsageError(f"{task.name} has no estimator that can be tuned")
    past = task.config.split.choosing(data)
    found = {name: _tune_one(task, name, past, data, trials) for name in names}
    return {name: parameters for name, parameters in found.items() if parameters}


def tunable(task: SupervisedTask) -> list[str]:
    """Estimators with a space of parameters: those of the task, and the members of its blends."""
    wanted = [
        name
        for outer in task.estimator_names
        for name in (estimators.find(outer).members or (outer,))
    ]
    return [name for name in dict.fromkeys(wanted) if estimators.find(name).can_be_tuned]


def _tune_one(
    task: SupervisedTask, name: str, past: Any, data: TrainingData, trials: int
) -> dict[str, Any]:
    optuna = _optuna()
    estimator = estimators.find(name)
    default = task.validation_loss(Recipe(name), past, data.contract)

    def loss(trial: Any) -> float:
        recipe = Recipe(name, parameters=estimator.suggest(trial))
        return task.validation_loss(recipe, past, data.contract)

    study = optuna.create_study(sampler=optuna.samplers.TPESampler(seed=SEED))
    study.optimize(loss, n_trials=trials)
    return dict(study.best_params) if study.best_value < default else {}


def _optuna() -> Any:
    os.environ.setdefault("OPTUNA_DISABLE_TELEMETRY", "1")
    import optuna  # noqa: PLC0415 (only where somebody tunes)

    optuna.logging.set_verbosity(optuna.logging.WARNING)
    return optuna
