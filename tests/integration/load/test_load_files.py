"""What a load leaves in the raw tables, whatever the format of the file."""

from __future__ import annotations

import datetime as dt
import gzip
import io
import subprocess
import sys
import zipfile
from pathlib import Path
from xml.sax.saxutils import escape

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from ingest.check_sample import SAMPLE_ROWS
from ingest.contract import load_contract
from ingest.landing import load_files
from tests.load_help import HEADER, PROJECT_DIR, csv_text, execute, line, query
from warehouse.errors import InputRefused, UsageError

COLUMNS = (
    "invoice_no, stock_code, description, quantity, invoice_date, unit_price, customer_id, country"
)
CONTENT = f"select {COLUMNS} from raw.online_retail__lines order by _batch_id, _row_number"
NUMBERED = "select _row_number, description from raw.online_retail__lines order by 1"
COUNT = "select count(*) from raw.online_retail__lines"
LEDGER = "select batch_id, state, row_count, message from raw.load_batches order by 1"


def write(path: Path, *lines: str) -> Path:
    path.write_text(csv_text(*lines), encoding="utf-8", newline="")
    return path


def test_row_carries_its_batch_number_file_and_time(load, db, tmp_path):
    write(tmp_path / "first.csv")
    write(tmp_path / "second.csv", line(7))
    before = dt.datetime.now(dt.UTC).replace(tzinfo=None)
    results = load(tmp_path)
    assert [(r.state, r.batch_id, r.row_count) for r in results] == [
        ("loaded", 1, 2),
        ("loaded", 2, 1),
    ]
    rows = query(
        db,
        "select _batch_id, _row_number, _source_file, _loaded_at "
        "from raw.online_retail__lines order by 1, 2",
    )
    assert [row[:3] for row in rows] == [
        (1, 1, "first.csv"),
        (1, 2, "first.csv"),
        (2, 1, "second.csv"),
    ]
    assert abs(rows[0][3] - before) < dt.timedelta(minutes=1)
    ledger = query(
        db,
        "select state, row_count, message, loaded_by = current_user, started_at <= finished_at "
        "from raw.load_batches",
    )
    assert ledger == [("loaded", 2, None, True, True), ("loaded", 1, None, True, True)]


def test_same_file_again_changes_nothing(load, db, tmp_path):
    path = write(tmp_path / "a.csv")
    first, again = load(path)[0], load(path)[0]
    assert (again.state, again.batch_id, again.row_count) == ("already loaded", first.batch_id, 2)
    assert query(db, COUNT) == [(2,)]
    assert len(query(db, LEDGER)) == 1


def test_same_content_under_another_name_or_compression(load, db, tmp_path):
    content = csv_text().encode()
    (tmp_path / "a.csv").write_bytes(content)
    (tmp_path / "b.csv.gz").write_bytes(gzip.compress(content))
    (tmp_path / "c.csv").write_bytes(content)
    assert [result.state for result in load(tmp_path)] == [
        "loaded",
        "already loaded",
        "already loaded",
    ]
    assert query(db, COUNT) == [(2,)]


def test_quoted_line_ends_unicode_quotes_and_blanks_arrive_as_they_are(load, db, tmp_path):
    values = [
        '"two\nlines"',
        "Ünïcödé 漢字 🛍",
        '"a ""quoted"", word"',
        "  padded ",
        '""',
        "",
        "\\.",
    ]
    write(tmp_path / "a.csv", *(line(at, Description=value) for at, value in enumerate(values)))
    load(tmp_path / "a.csv")
    assert query(db, NUMBERED) == [
        (1, "two\nlines"),
        (2, "Ünïcödé 漢字 🛍"),
        (3, 'a "quoted", word'),
        (4, "  padded "),
        (5, ""),
        (6, None),
        (7, "\\."),
    ]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("tail", [0, 1, 3])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_line_ends_blank_ends_and_byte_order_mark(end, tail, mark, load, db, tmp_path):
    text = mark + end.join([HEADER, line(1), line(2)]) + end * tail
    (tmp_path / "a.csv").write_bytes(text.encode())
    assert load(tmp_path / "a.csv")[0].row_count == 2
    assert query(db, "select distinct country from raw.online_retail__lines") == [
        ("United Kingdom",)
    ]


def test_headers_in_another_order_case_and_with_blanks_around(load, db, tmp_path):
    values = dict(zip(HEADER.split(","), line(1).split(","), strict=True))
    names = sorted(values)
    header = ",".join(f'" {name.upper()} "' for name in names)
    path = tmp_path / "a.csv"
    path.write_text(header + "\n" + ",".join(values[name] for name in names) + "\n")
    load(path)
    assert query(db, CONTENT) == [tuple(values.values())]


def test_header_with_a_line_end_counts_in_line_numbers(load, tmp_path):
    path = tmp_path / "a.csv"
    path.write_text(HEADER + ',"two\nlines"\n' + line(1) + ",x\n" + line(2) + "\n")
    with pytest.raises(InputRefused, match="line 4: ends before column"):
        load(path, allow_extra_columns=True)


def test_missing_optional_columns_are_null(load, db, tmp_path):
    names = ["InvoiceNo", "StockCode", "Quantity", "InvoiceDate", "UnitPrice"]
    path = tmp_path / "a.csv"
    path.write_text(",".join(names) + "\n1,A,2,2011-01-01,3.5\n")
    load(path)
    assert query(db, CONTENT) == [("1", "A", None, "2", "2011-01-01", "3.5", None, None)]


def test_extra_columns_are_left_out_on_request(load, db, tmp_path):
    path = tmp_path / "a.csv"
    rows = ["red," + line(at, Description='"x,y"') + "," for at in range(1, 4)]
    path.write_text("\n".join([f"Colour,{HEADER},", *rows]))
    result = load(path, allow_extra_columns=True)[0]
    assert (result.state, result.row_count, result.extra_columns) == ("loaded", 3, ("Colour", ""))
    assert query(db, NUMBERED) == [(1, "x,y"), (2, "x,y"), (3, "x,y")]
    assert query(db, CONTENT)[0][-1] == "United Kingdom"


@pytest.mark.parametrize(
    "changes",
    [
        {"Quantity": "six"},
        {"InvoiceDate": "yesterday"},
        {"InvoiceDate": "2011-02-30"},
        {"UnitPrice": "two pounds"},
        {"StockCode": ""},
        {"InvoiceNo": "   "},
    ],
)
def test_single_bad_row_lands(changes, load, db, tmp_path):
    """It is for staging to reject it, with a reason; refusing the file would lose the others."""
    write(tmp_path / "a.csv", line(1), line(2, **changes), line(3))
    assert load(tmp_path / "a.csv")[0].row_count == 3
    assert query(db, COUNT) == [(3,)]


def xlsx(path: Path, rows: list[list], name: str = "Lines", first: bool = False) -> Path:
    """A workbook of two sheets by hand: the second holds the rows, and if asked the first too."""
    cells = "".join("<row>" + "".join(map(cell, row)) + "</row>" for row in rows)
    head = '<?xml version="1.0" encoding="UTF-8"?>'
    main = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
    rel = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    package = "http://schemas.openxmlformats.org/package/2006"
    parts = {
        "[Content_Types].xml": f'{head}<Types xmlns="{package}/content-types">'
        '<Default Extension="xml" ContentType="application/xml"/></Types>',
        "_rels/.rels": f'{head}<Relationships xmlns="{package}/relationships">'
        f'<Relationship Id="r1" Type="{rel}/officeDocument" Target="xl/workbook.xml"/>'
        "</Relationships>",
        "xl/workbook.xml": f'{head}<workbook {main} xmlns:r="{rel}"><sheets>'
        '<sheet name="Notes" sheetId="1" r:id="r1"/>'
        f'<sheet name="{name}" sheetId="2" r:id="r2"/>'
        "</sheets></workbook>",
        "xl/_rels/workbook.xml.rels": f'{head}<Relationships xmlns="{package}/relationships">'
        f'<Relationship Id="r1" Type="{rel}/worksheet" Target="worksheets/sheet1.xml"/>'
        f'<Relationship Id="r2" Type="{rel}/worksheet" Target="worksheets/sheet2.xml"/>'
        f'<Relationship Id="r3" Type="{rel}/styles" Target="styles.xml"/></Relationships>',
        "xl/styles.xml": f'{head}<styleSheet {main}><cellXfs count="2"><xf numFmtId="0"/>'
        '<xf numFmtId="22" applyNumberFormat="1"/></cellXfs></styleSheet>',
        "xl/worksheets/sheet1.xml": f"{head}<worksheet {main}><sheetData>{cells if first else ''}"
        "</sheetData></worksheet>",
        "xl/worksheets/sheet2.xml": f"{head}<worksheet {main}><sheetData>{cells}</sheetData>"
        "</worksheet>",
    }
    with zipfile.ZipFile(path, "w") as archive:
        for part, text in parts.items():
            archive.writestr(part, text)
    return path


def cell(value) -> str:
    if value is None:
        return "<c/>"
    if isinstance(value, dt.datetime):
        days = (value - dt.datetime(1899, 12, 30)) / dt.timedelta(days=1)
        return f'<c s="1"><v>{days!r}</v></c>'
    if isinstance(value, str):
        return f'<c t="inlineStr"><is><t xml:space="preserve">{escape(value)}</t></is></c>'
    return f"<c><v>{value}</v></c>"


TYPED = [
    ["536365", "85123A", 'HEART, "white"', 6, dt.datetime(2010, 12, 1, 8, 26), 2.55, "17850", None],
    ["C536", "Ü 漢", "two\nlines", -1, dt.datetime(2011, 1, 1), 1000000.0, None, "EIRE"],
    ["536366", "POST", None, 12, dt.datetime(2011, 1, 2, 23, 59, 59), 0.00001, "1", "France"],
]
EXPECTED = [
    ("536365", "85123A", 'HEART, "white"', "6", "2010-12-01 08:26:00", "2.55", "17850", None),
    ("C536", "Ü 漢", "two\nlines", "-1", "2011-01-01 00:00:00", "1000000", None, "EIRE"),
    ("536366", "POST", None, "12", "2011-01-02 23:59:59", "0.00001", "1", "France"),
]


def test_a_sheet_with_rows_is_never_left_out_silently(load, db, tmp_path):
    both = xlsx(tmp_path / "both.xlsx", [HEADER.split(","), *TYPED], name="Mai", first=True)
    with pytest.raises(InputRefused, match=r"both\.xlsx: sheets .*Mai.* none is named like"):
        load(both)
    assert query(db, COUNT) == [(0,)]
    only = xlsx(tmp_path / "only.xlsx", [HEADER.split(","), *TYPED], name="Mai")
    assert load(only)[0].row_count == len(TYPED)


def as_csv(path: Path) -> Path:
    fields = [
        ["" if v is None else '"' + v.replace('"', '""') + '"' for v in row] for row in EXPECTED
    ]
    path.write_text("\n".join([HEADER, *map(",".join, fields)]), encoding="utf-8")
    return path


def as_parquet(path: Path) -> Path:
    names = HEADER.split(",")
    columns = {name: [row[at] for row in TYPED] for at, name in enumerate(names)}
    pq.write_table(pa.table(columns), path)
    return path


def as_xlsx(path: Path) -> Path:
    return xlsx(path, [HEADER.split(","), *TYPED, [None] * 8])


@pytest.mark.parametrize("make", [as_csv, as_parquet, as_xlsx])
def test_same_rows_from_every_format(make, load, db, tmp_path):
    load(make(tmp_path / "file.of.unknown.kind"))
    columns = COLUMNS.replace("unit_price", "trim_scale(unit_price::numeric)::text")
    columns = columns.replace("invoice_date", "invoice_date::timestamp::text")
    found = query(db, f"select {columns} from raw.online_retail__lines order by _row_number")
    assert found == EXPECTED


def test_parquet_values_cast_back_to_what_they_were(load, db, tmp_path):
    when = dt.datetime(2011, 1, 2, 3, 4, 5, 678900, dt.UTC)
    table = pa.table(
        {
            "InvoiceNo": pa.array(["a", "b"]).dictionary_encode(),
            "StockCode": ["x", "y"],
            "Description": [True, None],
            "Quantity": pa.array([6, None], pa.float64()),
            "InvoiceDate": pa.array([when, None], pa.timestamp("ns", tz="Europe/London")),
            "UnitPrice": pa.array([1e-9, 1.5e22]),
            "CustomerID": pa.array([dt.date(2011, 1, 2), None]),
            "Country": pa.array(["", None]),
            "Unwanted": [[1], [2]],
        }
    )
    pq.write_table(table, tmp_path / "a.parquet")
    with pytest.raises(InputRefused, match="Unwanted"):
        load(tmp_path / "a.parquet")
    load(tmp_path / "a.parquet", allow_extra_columns=True)
    first, second = query(db, CONTENT)
    assert first[:3] == ("a", "x", "true")
    assert float(first[3]) == 6
    assert first[4:] == ("2011-01-02 03:04:05.6789", "0.000000001", "2011-01-02", "")
    assert second == ("b", "y", None, None, None, "15000000000000000000000", None, None)


def test_files_of_a_source_with_many_tables_find_theirs(db, tmp_path):
    contract = load_contract(PROJECT_DIR, "shop")
    good = {
        "text": "x",
        "integer": "1",
        "numeric": "1.5",
        "timestamp": "2024-01-01 00:00:00",
        "date": "2024-01-01",
        "boolean": "true",
    }
    for table in contract.tables:
        header = ",".join(column.header for column in table.columns)
        row = ",".join(good[column.type] for column in table.columns)
        (tmp_path / f"{table.files.replace('*', '')}.csv").write_text(f"{header}\n{row}\n")
    results = load_files(db, "shop", [tmp_path])
    assert sorted(result.table for result in results) == sorted(t.name for t in contract.tables)
    for table in contract.tables:
        assert query(db, f"select count(*) from {table.relation}") == [(1,)]
    stray = write(tmp_path / "stray.csv")
    with pytest.raises(InputRefused, match=r"fits no table .*customers.*--table"):
        load_files(db, "shop", [stray])


def test_shops_of_one_contract_are_told_apart(db, tmp_path):
    (tmp_path / "products.csv").write_text("product_id,product_name\n1,Mug\n")
    states = [
        load_files(db, "shop", [tmp_path], shop=name)[0].state
        for name in (None, "acme", "acme", "shop")
    ]
    assert states == ["loaded", "loaded", "already loaded", "already loaded"]
    names = query(db, "select _source_name from raw.shop__products order by 1")
    assert names == [("acme",), ("shop",)]
    ledger = query(db, "select source_name from raw.load_batches order by 1")
    assert ledger == [("acme",), ("shop",)]


@pytest.mark.parametrize(
    ("source", "name", "said"),
    [
        ("online_retail", "acme", "is one shop"),
        ("shop", "Acme Ltd", "lower-case letters"),
        ("shop", "online_retail", "names another source"),
    ],
)
def test_a_name_that_no_shop_can_have_is_refused(db, tmp_path, source, name, said):
    write(tmp_path / "a.csv")
    with pytest.raises(UsageError, match=said):
        load_files(db, source, [tmp_path], shop=name)


def test_big_batch_is_judged_by_all_rows_when_the_sample_fails(load, db, tmp_path):
    """Bad values in just over half of a batch of many samples' size."""
    half = SAMPLE_ROWS * 3
    lines = [line(1)] * half + [line(2, Quantity="x")] * half
    write(tmp_path / "half.csv", *lines)
    assert load(tmp_path / "half.csv")[0].state == "loaded"
    write(tmp_path / "more.csv", *lines[3 * half // 4 :])
    with pytest.raises(
        InputRefused, match=f"80% of {5 * half // 4:,} values .*row {half // 4 + 1}:"
    ):
        load(tmp_path / "more.csv")


def test_progress_ends_at_the_size_of_the_file(load, tmp_path):
    path = tmp_path / "a.csv.gz"
    path.write_bytes(gzip.compress(csv_text(*[line()] * 50_000).encode()))
    seen = []
    load(path, progress=lambda *told: seen.append(told))
    size = path.stat().st_size
    assert seen[-1] == (path.name, size, size)
    assert [done for _, done, _ in seen] == sorted(done for _, done, _ in seen)


PROBE = """
import socket, sys
from pathlib import Path
from warehouse.settings import load_settings
tried = []
for name in ("connect", "connect_ex", "sendto"):
    setattr(socket.socket, name, lambda *a, **k: tried.append(a) or 1 / 0)
socket.getaddrinfo = lambda *a, **k: tried.append(a) or 1 / 0
from ingest.landing import load_files
settings = load_settings({"CLIENTELE_DATABASE_URL": sys.argv[1]}, Path(sys.argv[3]))
print(load_files(settings, "online_retail", [Path(sys.argv[2])])[0].state, tried)
"""


def test_great_expectations_is_silent_and_stays_off_the_network(db, tmp_path):
    """libpq does not use Python's sockets, so any use of them is somebody else's."""
    path, home = write(tmp_path / "a.csv"), tmp_path / "home"
    home.mkdir()
    url = db.connection.url(hide_password=False)
    done = subprocess.run(
        [sys.executable, "-c", PROBE, url, str(path), str(PROJECT_DIR)],
        env={"HOME": str(home), "PYTHONPATH": str(PROJECT_DIR), "PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        check=False,
        cwd=tmp_path,
    )
    assert (done.stdout.strip(), done.stderr) == ("loaded []", "")
    assert list(home.iterdir()) == []
    assert sorted(found.name for found in tmp_path.iterdir()) == ["a.csv", "home"]


def test_expectations_neither_commit_nor_roll_back_nor_close(db, tmp_path, monkeypatch):
    """The transaction after the checks is the one before them, and still open."""
    from ingest import expectations

    seen = []
    original = expectations.BatchChecks.judge

    def watched(checks, row_count, source_name):
        seen.append(transaction_of(checks._conn))
        found = original(checks, row_count, source_name)
        seen.append(transaction_of(checks._conn))
        return found

    def transaction_of(conn) -> tuple:
        with conn.cursor() as cursor:
            cursor.execute("select pg_current_xact_id()::text, pg_backend_pid()")
            return cursor.fetchone()

    monkeypatch.setattr(expectations.BatchChecks, "judge", watched)
    load_files(db, "online_retail", [write(tmp_path / "a.csv")])
    with pytest.raises(InputRefused):
        load_files(db, "online_retail", [write(tmp_path / "b.csv", line(1, Quantity="x"))])
    assert seen[0] == seen[1]
    assert seen[2] == seen[3]
    assert len({xact for xact, _ in seen}) == 2


def test_reading_stops_when_the_server_gives_up(load, db, tmp_path):
    """The reader's thread must not wait for ever on a queue that nobody empties."""
    execute(db, "alter table raw.online_retail__lines add constraint few check (_row_number < 9)")
    try:
        write(tmp_path / "a.csv", *[line()] * 200_000)
        with pytest.raises(Exception, match="few"):
            load(tmp_path / "a.csv")
    finally:
        execute(db, "alter table raw.online_retail__lines drop constraint few")
    assert load(tmp_path / "a.csv")[0].row_count == 200_000


def test_no_data_is_taken_from_a_stream_of_another_kind(load, tmp_path):
    """A workbook inside gzip is refused, not unpacked and guessed at."""
    sink = io.BytesIO(xlsx(tmp_path / "x", [HEADER.split(",")]).read_bytes())
    path = tmp_path / "a.csv.gz"
    path.write_bytes(gzip.compress(sink.getvalue()))
    with pytest.raises(InputRefused, match="unpack it"):
        load(path)
