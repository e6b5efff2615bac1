from datetime import date
from pathlib import Path

import joblib
import pytest

from ml import artefact as artefacts
from ml.artefact import Artefact
from ml.fingerprint import frame_digest, training_fingerprint
from tests.unit.ml.shop import CONTRACT, frame
from warehouse.errors import ClienteleError


def an_artefact(estimator: object = "fitted") -> Artefact:
    return Artefact(
        task_name="churn",
        source_name="s",
        model_name="blend",
        model_version="abc",
        contract=CONTRACT,
        trained_as_of_date=date(2024, 1, 1),
        estimator=estimator,
        details={"horizon_days": 90},
    )


def test_what_is_saved_is_loaded(tmp_path: Path) -> None:
    artefacts.save(an_artefact(), tmp_path)
    assert artefacts.load(tmp_path, "s", "churn", "abc") == an_artefact()


def test_a_failed_save_leaves_the_old_file(tmp_path: Path) -> None:
    path = artefacts.save(an_artefact(), tmp_path)
    with pytest.raises(Exception, match="pickle"):
        artefacts.save(an_artefact(estimator=lambda: None), tmp_path)
    assert artefacts.load(tmp_path, "s", "churn", "abc") == an_artefact()
    assert list(path.parent.iterdir()) == [path]


def test_missing_damaged_and_foreign_files_are_named(tmp_path: Path) -> None:
    with pytest.raises(ClienteleError, match=r"abc\.joblib of churn for s is missing"):
        artefacts.load(tmp_path, "s", "churn", "abc")
    path = artefacts.save(an_artefact(), tmp_path)
    path.write_bytes(path.read_bytes()[:20])
    with pytest.raises(ClienteleError, match="cannot be read"):
        artefacts.load(tmp_path, "s", "churn", "abc")
    joblib.dump({"not": "ours"}, path)
    with pytest.raises(ClienteleError, match="no Clientele model"):
        artefacts.load(tmp_path, "s", "churn", "abc")


def test_the_fingerprint_sees_one_changed_value_and_one_changed_option() -> None:
    data = frame(["2024-01-01"], customers=50)
    same = training_fingerprint(data.copy(), {"folds": 5})
    assert training_fingerprint(data, {"folds": 5}) == same
    assert training_fingerprint(data, {"folds": 6}) != same
    changed = data.copy()
    changed.loc[49, "order_count"] += 1
    assert frame_digest(changed) != frame_digest(data)
    assert frame_digest(data.rename(columns={"country": "land"})) != frame_digest(data)
