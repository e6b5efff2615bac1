"""Features of a request, rows of a file and rows that come together: all get the batch's number."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from datetime import date
from functools import cache

import numpy as np
import pandas as pd
import pytest
from fastapi.exceptions import RequestValidationError

from apps.api.answers import predict_rows
from apps.api.batch_stream import CsvRows, JsonRows, Reader, answered
from apps.api.batching import Batcher
from apps.api.features import faults
from apps.api.served import Served
from apps.api.telemetry import Telemetry, bucket_of
from ml.artefact import Artefact
from ml.churn import Churn
from ml.estimators import build
from ml.risk import RiskBands
from tests.embedded_help import PROJECT_DIR
from tests.unit.ml.shop import CONTRACT, frame

BANDS = RiskBands(pd.read_csv(PROJECT_DIR / "seeds" / "churn_risk_bands.csv"))
DAY = date(2024, 1, 1)
NAMES = list(CONTRACT.feature_names)


@cache
def served() -> Served:
    rows = frame(["2024-01-01"], customers=300)
    model = build("blend", CONTRACT).fit(rows, rows["is_churned"].to_numpy(bool))
    return Served(
        Churn(),
        Artefact("churn", "shop", "blend", "v1", CONTRACT, DAY, model, {"horizon_days": 90}),
    )


def rows(count: int = 50) -> pd.DataFrame:
    found = frame(["2024-01-01"], customers=300).iloc[:count].reset_index(drop=True)
    found.loc[0, CONTRACT.names("numeric")[-1]] = np.nan
    return found


def features(frame: pd.DataFrame) -> list[dict]:
    kept = frame[NAMES].astype(object)
    return kept.where(kept.notna(), None).to_dict("records")


def batch_numbers(frame: pd.DataFrame) -> list[float]:
    scores = Churn().predict(served().artefact, frame)
    return scores["churn_probability"].tolist()


def test_online_numbers_are_those_of_the_batch() -> None:
    found = predict_rows(served(), DAY, features(rows()), BANDS)
    assert [row["churn_probability"] for row in found] == batch_numbers(rows())
    assert found[0]["cold_reason"] is None
    assert found[0]["risk_band"] in {"low", "medium", "high", "critical"}
    assert found[0]["horizon_days"] == 90


def test_whoever_never_ordered_has_no_prediction_and_a_reason() -> None:
    asked = features(rows(3))
    asked[1] |= {"order_count": 0}
    asked[2] |= {"order_count": None}
    known, *cold = predict_rows(served(), DAY, asked, BANDS)
    assert known["churn_probability"] == batch_numbers(rows(1))[0]
    for answer in cold:
        assert answer["churn_probability"] is None
        assert answer["risk_band"] is None
        assert "never bought" in answer["cold_reason"]


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("order_count", "3", "must be a number"),
        ("order_count", True, "must be a number"),
        ("order_count", float("inf"), "must be finite"),
        ("order_count", 10**400, "must be finite"),
        ("order_count", [1], "must be a number"),
        ("country", 3, "must be a text"),
        ("country", "x" * 501, "longer than 500"),
        ("colour", 1, "no feature"),
    ],
)
def test_a_wrong_field_is_named(name: str, value: object, said: str) -> None:
    good = features(rows(1))[0]
    assert faults(good, CONTRACT) == []
    ((field, text),) = faults(good | {name: value}, CONTRACT)
    assert field == name
    assert said in text


def test_a_missing_field_is_named_and_null_is_not_missing() -> None:
    good = features(rows(1))[0]
    assert faults(good | {"order_count": None}, CONTRACT) == []
    del good["order_count"]
    assert [name for name, _ in faults(good, CONTRACT)] == ["order_count"]


def test_rows_that_come_together_are_predicted_together() -> None:
    sizes = []

    def predict(model, day, asked):
        sizes.append(len(asked))
        return predict_rows(model, day, asked, BANDS)

    async def all_at_once() -> list[dict]:
        batcher = Batcher(predict)
        asked = features(rows())
        alone = await batcher.predict(served(), DAY, asked[0])
        others = await asyncio.gather(*(batcher.predict(served(), DAY, row) for row in asked[1:]))
        return [alone, *others]

    found = asyncio.run(all_at_once())
    assert sizes == [1, 49]
    np.testing.assert_allclose(
        [row["churn_probability"] for row in found], batch_numbers(rows()), atol=1e-12
    )


def test_an_error_reaches_everybody_who_waits() -> None:
    def predict(model, day, asked):
        raise RuntimeError("broken")

    async def two() -> list[object]:
        batcher = Batcher(predict)
        asked = [batcher.predict(served(), DAY, {}) for _ in range(2)]
        return await asyncio.gather(*asked, return_exceptions=True)

    assert [str(error) for error in asyncio.run(two())] == ["broken", "broken"]


def test_rows_of_two_models_are_not_mixed() -> None:
    other = Served(served().task, served().artefact)
    seen = []

    def predict(model, day, asked):
        seen.append((model is other, day, [row["n"] for row in asked]))
        return [{"n": row["n"]} for row in asked]

    async def mixed() -> list[dict]:
        batcher = Batcher(predict)
        asked = [
            batcher.predict(other if n % 2 else served(), date(2024, 1, 1 + n // 4), {"n": n})
            for n in range(6)
        ]
        return await asyncio.gather(*asked)

    assert [answer["n"] for answer in asyncio.run(mixed())] == list(range(6))
    assert sorted(seen, key=lambda each: each[2]) == [
        (False, date(2024, 1, 1), [0, 2]),
        (True, date(2024, 1, 1), [1, 3]),
        (False, date(2024, 1, 2), [4]),
        (True, date(2024, 1, 2), [5]),
    ]


def streamed(reader: Reader, content: bytes, part: int = 100_000) -> bytes:
    async def body() -> AsyncIterator[bytes]:
        for start in range(0, len(content), part):
            yield content[start : start + part]

    async def whole() -> bytes:
        lines = answered(served(), BANDS, reader, body(), Telemetry())
        return b"".join([line async for line in lines])

    return asyncio.run(whole())


def csv_of(found: pd.DataFrame) -> str:
    return found[["customer_id", *NAMES]].to_csv(index=False)


@pytest.mark.parametrize("part", [7, 100_000])
def test_a_csv_comes_back_row_by_row(part: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("apps.api.batch_stream.CHUNK_BYTES", 500)
    asked = rows()
    asked.loc[3, "country"] = 'two\nlines, "quoted"'
    out = streamed(CsvRows(CONTRACT), csv_of(asked).encode(), part).decode().splitlines()
    assert out[0] == "customer_id,churn_probability,risk_band,model_version,error"
    got = [line.split(",") for line in out[1:]]
    assert [line[0] for line in got] == asked["customer_id"].tolist()
    said = [float(line[1]) for line in got]
    np.testing.assert_allclose(said, batch_numbers(asked), atol=1e-12)


def test_a_bad_row_comes_back_with_what_is_wrong() -> None:
    lines = csv_of(rows(3)).splitlines()
    wrong = lines[2].split(",")
    wrong[1 + NAMES.index("order_count")] = "many"
    content = "\n".join([*lines[:2], ",".join(wrong), "short,1", lines[3]])
    out = streamed(CsvRows(CONTRACT), content.encode()).decode().splitlines()[1:]
    assert len(out) == 4
    assert "order_count: must be a number" in out[1]
    assert "2 fields, the header has" in out[2]
    assert out[0].endswith(",v1,")
    assert out[3].endswith(",v1,")


@pytest.mark.parametrize("text", ["inf", "nan", "1_000", "0x10", "True", "x"])
def test_what_is_no_number_is_named_and_the_other_rows_are_as_without_it(text: str) -> None:
    lines = csv_of(rows(3)).splitlines()
    plain = streamed(CsvRows(CONTRACT), "\n".join(lines).encode()).decode().splitlines()
    wrong = lines[2].split(",")
    wrong[1 + NAMES.index("order_count")] = text
    content = "\n".join([*lines[:2], ",".join(wrong), lines[3]])
    out = streamed(CsvRows(CONTRACT), content.encode()).decode().splitlines()
    assert "order_count: must be a number" in out[2]
    # Of two rows and of three a processor may add up in another order.
    for got, expected in ((out[1], plain[1]), (out[3], plain[3])):
        (name, number, *rest), (same_name, same, *same_rest) = got.split(","), expected.split(",")
        assert (name, rest) == (same_name, same_rest)
        assert float(number) == pytest.approx(float(same), abs=1e-12)


def test_a_short_and_a_long_row_do_not_make_up_for_each_other() -> None:
    lines = csv_of(rows(3)).splitlines()
    content = "\n".join([lines[0], lines[1] + ",1", lines[2].rpartition(",")[0], lines[3]])
    long, short, good = streamed(CsvRows(CONTRACT), content.encode()).decode().splitlines()[1:]
    assert f"{len(NAMES) + 2} fields" in long
    assert f"{len(NAMES)} fields" in short
    assert good.endswith(",v1,")


def test_one_row_with_too_many_fields_costs_only_itself() -> None:
    lines = csv_of(rows(3)).splitlines()
    out = streamed(CsvRows(CONTRACT), "\n".join([*lines, lines[1] + ",1,2"]).encode())
    *good, bad = out.decode().splitlines()[1:]
    assert all(line.endswith(",v1,") for line in good)
    assert f"the header has {len(NAMES) + 1}" in bad


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "empty"),
        (b"\n \n", "empty"),
        (b"a,b\n1,2\n", "no feature"),
        (b"\xff\xfe", "not UTF-8"),
        ((",".join([*NAMES, NAMES[0]]) + "\n").encode(), "twice in the header"),
    ],
)
def test_what_is_wrong_with_the_whole_is_said_at_once(content: bytes, said: str) -> None:
    with pytest.raises(RequestValidationError) as raised:
        streamed(CsvRows(CONTRACT), content)
    assert said in str(raised.value.errors())


def test_a_header_alone_has_no_rows() -> None:
    assert streamed(CsvRows(CONTRACT), (",".join(NAMES) + "\n").encode()).count(b"\n") == 1


def test_json_lines_come_back_as_json_lines() -> None:
    asked = features(rows(3))
    lines = [json.dumps({"customer_id": f"c{n}", **row}) for n, row in enumerate(asked)]
    lines += ["", "nonsense", "[1]", '{"order_count": 1}']
    out = streamed(JsonRows(CONTRACT), "\n".join(lines).encode())
    got = [json.loads(line) for line in out.splitlines()]
    assert [row["customer_id"] for row in got] == ["c0", "c1", "c2", None, None, None]
    np.testing.assert_allclose(
        [row["churn_probability"] for row in got[:3]], batch_numbers(rows(3)), atol=1e-12
    )
    assert [row["error"] for row in got[3:5]] == ["no JSON", "no JSON object"]
    assert "missing" in got[5]["error"]


def test_a_row_without_an_end_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("apps.api.batch_stream.CHUNK_BYTES", 500)
    monkeypatch.setattr("apps.api.batch_stream.MOST_LINE_BYTES", 1000)
    with pytest.raises(RequestValidationError, match="longer than"):
        streamed(JsonRows(CONTRACT), b"x" * 5000, 100)


@pytest.mark.parametrize(
    ("probability", "bucket"),
    [(None, "none"), (0.0, "0.0-0.1"), (0.3, "0.3-0.4"), (0.999, "0.9-1.0"), (1.0, "0.9-1.0")],
)
def test_probabilities_are_counted_by_tenths(probability: float | None, bucket: str) -> None:
    assert bucket_of(probability) == bucket
