"""JSON lines become the same CSV blocks that every other format becomes."""

from __future__ import annotations

import gzip
import json
import tracemalloc
from pathlib import Path

import pytest

from ingest import jsonl_input
from ingest.contract import Column, Table
from ingest.json_objects import BadLine, as_text, parse_object
from ingest.jsonl_input import JsonlInput
from ingest.matching import stem
from ingest.readers import open_input
from warehouse.errors import InputRefused

TABLE = Table(
    name="orders",
    identifier="shop__orders",
    files="orders",
    columns=(Column(name="a", header="a", type="text"),),
)


def written(folder: Path, text: str | bytes, name: str = "f.jsonl") -> Path:
    path = folder / name
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return path


def content(path: Path, *keys: str) -> str:
    opened = JsonlInput(path, gzipped=path.suffix == ".gz")
    positions = [opened.header.index(key) for key in keys] or range(len(opened.header))
    return b"".join(opened.blocks(positions)).decode()


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("null", None),
        ("true", "true"),
        ("false", "false"),
        ("1.10", "1.10"),
        ("12345678901234567890.123456789", "12345678901234567890.123456789"),
        ("1E400", "1E400"),
        ("-0", "-0"),
        ('""', ""),
        ('"1"', "1"),
        (r'"\u00fc \ud83d\ude00 \n"', "ü 😀 \n"),
        ('{"b": 1.10, "ü": [1, "x\\"", null, true]}', '{"b":1.10,"ü":[1,"x\\"",null,true]}'),
        ("[ ]", "[]"),
    ],
)
def test_values_are_text_as_they_are_written(value, text):
    assert as_text(parse_object(f'{{"a": {value}}}'.encode())["a"]) == text


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (b'{"a": NaN}', "NaN is no JSON; write null"),
        (b'{"a": -Infinity}', "-Infinity is no JSON"),
        (b'{"a": [NaN]}', "NaN is no JSON"),
        (b'{"a": 1', "does not end on this line"),
        (b"{\n", "does not end on this line"),
        (b'{"a": 1}, {"a": 2}', "character 9: Extra data, near , {"),
        (b"{'a': 1}", "character 2"),
        (b'{"a": 01}', "character 8"),
        (b"[1]", "an array, not an object"),
        (b"7", "a number, not an object"),
        (b'"x"', "a text, not an object"),
        (b"null", "null, not an object"),
        (b'{"a": 1, "a": 2}', "key a is there more than once"),
        (b'{"a": "caf\xe9"}', "byte 11 (0xe9) is not UTF-8"),
        (rb'{"a": "\u0000"}', r"\u0000, which Postgres cannot store"),
        (rb'{"a": {"b": ["\ud800"]}}', r"\ud800 is half a character"),
        (rb'{"\udc00": 1}', r"\udc00 is half a character"),
        (b'{"a": ' + b"[" * 100_000, "nested too deeply"),
    ],
)
def test_a_line_that_is_no_object_says_what_is_wrong(line, said):
    with pytest.raises(BadLine) as refused:
        parse_object(line)
    assert said in str(refused.value)


def test_header_is_every_key_of_every_line(tmp_path):
    path = written(tmp_path, '{"a":1}\n{"b":2,"a":""}\n{"c":null}\n')
    assert JsonlInput(path, gzipped=False).header == ("a", "b", "c")
    assert content(path) == '"1",,\n"","2",\n,,\n'
    assert content(path, "b") == '\n"2"\n\n'


@pytest.mark.parametrize("pack", [bytes, gzip.compress])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_marks_line_ends_blank_lines_and_compression(pack, mark, end, tmp_path):
    text = mark + end.join(['{"a":1}', "", '{"a":"x"}', "  "])
    name = "f.jsonl" if pack is bytes else "f.jsonl.gz"
    path = written(tmp_path, pack(text.encode()), name)
    assert content(path) == '"1"\n"x"\n'


def test_a_broken_line_is_named_however_far_down_it_is(tmp_path):
    path = written(tmp_path, '{"a":1}\n\n' * 1000 + '{"a":\n{"a":2}')
    with pytest.raises(InputRefused, match=r"^f\.jsonl: line 2001: the object does not end"):
        JsonlInput(path, gzipped=False)


def test_ids_as_keys_and_endless_lines_are_refused(tmp_path, monkeypatch):
    many = "\n".join(json.dumps({str(at): 1}) for at in range(jsonl_input.MAX_KEYS + 1))
    with pytest.raises(InputRefused, match="over 1,600 keys"):
        JsonlInput(written(tmp_path, many), gzipped=False)
    monkeypatch.setattr(jsonl_input, "MAX_LINE_BYTES", 10)
    with pytest.raises(InputRefused, match="line 2 is longer than"):
        JsonlInput(written(tmp_path, '{"a":1}\n{"a":12345}\n'), gzipped=False)


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (gzip.compress(b'{"a":1}\n' * 999)[:-12], "gzip file ends in the middle"),
        (gzip.compress(b'{"a":1}\n')[:-8] + b"\0" * 8, "gzip file is damaged"),
    ],
)
def test_damaged_compression_is_refused(data, said, tmp_path):
    with pytest.raises(InputRefused, match=said):
        JsonlInput(written(tmp_path, data, "f.jsonl.gz"), gzipped=True)


def test_same_content_has_the_same_hash_whatever_its_spelling_on_disk(tmp_path):
    hashes = set()
    for name, text in (("a.jsonl", b'{"a":1}\n'), ("b.jsonl.gz", gzip.compress(b' {"a" : 1}'))):
        opened = JsonlInput(written(tmp_path, text, name), gzipped=name.endswith("gz"))
        list(opened.blocks([0]))
        hashes.add(opened.content_sha256)
    assert len(hashes) == 1
    assert hashes != {""}


@pytest.mark.parametrize(
    ("name", "text", "is_json"),
    [
        ("f.csv", b'{"a": 1}\n', True),
        ("f.csv.gz", gzip.compress(b'\xef\xbb\xbf{"a": 1}\n'), True),
        ("f.ndjson", b'{"a": 1}\n', True),
        ("f.csv", b"a\n1\n", False),
        ("f.csv.gz", gzip.compress(b"a\n1\n"), False),
    ],
)
def test_files_are_known_by_their_content(name, text, is_json, tmp_path):
    opened = open_input(written(tmp_path, text, name), TABLE, check_text=True)
    assert isinstance(opened, JsonlInput) is is_json
    assert opened.header == ("a",)
    opened.close()


def test_what_is_called_jsonl_and_is_not_is_told_by_its_line(tmp_path):
    for name, text in (("f.jsonl", b"a\n1\n"), ("f.ndjson.gz", gzip.compress(b"a\n1\n"))):
        with pytest.raises(InputRefused, match="line 1: broken JSON"):
            open_input(written(tmp_path, text, name), TABLE, check_text=True)


@pytest.mark.parametrize("text", ['[{"a": 1}]', "[\n  {", "[" + "\n", "[[1]]"])
def test_one_array_is_refused_with_the_way_to_lines(text, tmp_path):
    for data, name in ((text.encode(), "f.json"), (gzip.compress(text.encode()), "f.json.gz")):
        with pytest.raises(InputRefused, match=r"JSON array.*JSON lines.*jq -c"):
            open_input(written(tmp_path, data, name), TABLE, check_text=True)


def test_suffixes_are_no_part_of_the_name():
    assert {stem(f"Orders{end}") for end in (".jsonl", ".ndjson", ".jsonl.gz", ".NDJSON.GZ")} == {
        "orders"
    }


def test_memory_stays_flat(tmp_path):
    path = tmp_path / "f.jsonl"
    with path.open("w") as file:
        file.writelines(f'{{"a":{at},"b":"{"x" * 200}"}}\n' for at in range(50_000))
    tracemalloc.start()
    opened = JsonlInput(path, gzipped=False)
    assert sum(len(block) for block in opened.blocks([0, 1])) > 10_000_000
    assert tracemalloc.get_traced_memory()[1] < 6_000_000
    tracemalloc.stop()
