"""JSON lines land as a CSV file of the same values does, and are refused as one is."""

from __future__ import annotations

import json

import pytest

from tests.load_help import HEADER, csv_text, execute, line, query
from warehouse.errors import InputRefused

ALL = (
    "select invoice_no, stock_code, description, quantity, invoice_date, unit_price, customer_id, "
    "country from raw.online_retail__lines order by _row_number"
)
VALUES = line(1).split(",")
ROW = dict(zip(HEADER.split(","), VALUES, strict=True))
LEDGER = "select source_file, state, message from raw.load_batches order by batch_id"


def lines(*rows: dict) -> str:
    return "".join(json.dumps(row) + "\n" for row in rows)


def test_rows_are_those_of_the_csv(load, db, tmp_path):
    (tmp_path / "a.csv").write_text(csv_text(line(1), line(2, Description="", CustomerID="")))
    load(tmp_path / "a.csv")
    as_csv = query(db, ALL)
    execute(db, "truncate raw.online_retail__lines, raw.load_batches")
    second = ROW | {"InvoiceNo": 536366, "Quantity": 6, "Description": None}
    del second["CustomerID"]
    (tmp_path / "a.jsonl").write_text(lines(ROW, second))
    assert load(tmp_path / "a.jsonl")[0].row_count == 2
    assert query(db, ALL) == as_csv


def test_values_of_every_kind_arrive_as_they_are_written(load, db, tmp_path):
    text = lines(ROW).replace('"6"', "6").replace('"2.55"', "2.550")
    text += lines(ROW | {"Description": {"b": [1, None]}, "Country": ""})
    text += lines(ROW | {"description": 'line\nend, "quotes" and \\.'}).replace(
        '"Description": "WHITE HANGING HEART", ', ""
    )
    with pytest.raises(InputRefused, match="Description more than once"):
        load(_written(tmp_path, text))
    text = text.replace('"description"', '"Description"')
    load(_written(tmp_path, text))
    rows = query(db, ALL)
    assert (rows[0][3], rows[0][5]) == ("6", "2.550")
    assert (rows[1][2], rows[1][7]) == ('{"b":[1,null]}', "")
    assert rows[2][2] == 'line\nend, "quotes" and \\.'


def test_key_that_the_contract_does_not_know_is_refused_or_left_out(load, db, tmp_path):
    path = _written(tmp_path, lines(ROW, ROW | {"Colour": "red"}))
    with pytest.raises(InputRefused, match=r"1 column unknown to table lines: Colour; .*--allow"):
        load(path)
    assert query(db, "select count(*) from raw.online_retail__lines") == [(0,)]
    assert query(db, LEDGER)[0][:2] == ("f.jsonl", "refused")
    assert load(path, allow_extra_columns=True)[0].extra_columns == ("Colour",)
    assert len(query(db, ALL)) == 2


def test_missing_key_and_broken_line_store_nothing(load, db, tmp_path):
    renamed = {("Quantty" if key == "Quantity" else key): value for key, value in ROW.items()}
    with pytest.raises(InputRefused, match="rename 'Quantty' to 'Quantity'"):
        load(_written(tmp_path, lines(renamed)))
    with pytest.raises(InputRefused, match="line 3: NaN is no JSON"):
        load(_written(tmp_path, lines(ROW, ROW) + '{"Quantity": NaN}\n'))
    assert query(db, ALL) == []


def _written(folder, text):
    path = folder / "f.jsonl"
    path.write_text(text)
    return path
