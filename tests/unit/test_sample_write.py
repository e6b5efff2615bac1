import csv
import hashlib
import io
import json
from pathlib import Path

import pandas as pd
import pytest

from ingest.sample import SampleConfig, generate, read_text, read_truth, write_shop
from ingest.sample import write as write_module
from ingest.sample.__main__ import main
from ingest.sample.columns import CUSTOMERS, DIRTY_ROWS, FILE_COLUMNS, ORDER_ITEMS, SUMMARY
from ingest.sample.shop import blocks

SMALL = SampleConfig(customers=60, customers_per_block=25)
# Of the five exports and the truth's customers. It changes with GENERATOR_VERSION, or with a
# release of numpy that draws other numbers: then every pinned result of the sample changes too.
DIGEST = "810ee555522c4fa6c0b83ad17b09c98b7ba427beb6ffe46336d3191247058186"


def digest(directory: Path) -> str:
    names = [*FILE_COLUMNS, "truth/customers.csv", DIRTY_ROWS, SUMMARY]
    return hashlib.sha256(b"".join((directory / name).read_bytes() for name in names)).hexdigest()


def everything(directory: Path) -> dict[str, bytes]:
    paths = sorted(path for path in directory.rglob("*") if path.is_file())
    return {str(path.relative_to(directory)): path.read_bytes() for path in paths}


def test_bytes_are_pinned_and_the_same_in_two_runs(tmp_path: Path) -> None:
    first, second = write_shop(SMALL, tmp_path / "a"), write_shop(SMALL, tmp_path / "b")
    assert everything(first) == everything(second)
    assert digest(first) == DIGEST


def test_written_blocks_equal_the_shop_in_memory(tmp_path: Path) -> None:
    shop = generate(SMALL)
    directory = write_shop(SMALL, tmp_path / "shop")
    for name, frame in shop.files.items():
        pd.testing.assert_frame_equal(read_text(directory / name), frame)
    assert json.loads((directory / SUMMARY).read_text("utf-8")) == shop.summary
    truth = read_truth(directory)
    assert truth.config == SMALL
    pd.testing.assert_frame_equal(truth.customers, shop.truth.customers)
    pd.testing.assert_frame_equal(truth.history, shop.truth.history)


def test_files_are_plain_csv(tmp_path: Path) -> None:
    directory = write_shop(SMALL, tmp_path / "shop")
    for name, columns in FILE_COLUMNS.items():
        content = (directory / name).read_bytes()
        assert b"\r" not in content
        assert content.endswith(b"\n")
        rows = list(csv.reader(content.decode("utf-8").splitlines(keepends=True), strict=True))
        assert tuple(rows[0]) == columns
        assert {len(row) for row in rows} == {len(columns)}


@pytest.mark.parametrize("parts", [["", "xy"], ["x", "", "y"], ["xy", ""], ["", ""]])
@pytest.mark.parametrize("plain", [True, False])
def test_parts_without_rows_write_nothing(parts: list[str], plain: bool) -> None:
    """Of what several blocks have for a day, the first may have nothing."""
    frames = [pd.DataFrame({"word": pd.Series(list(part), dtype="str")}) for part in parts]
    written = io.BytesIO()
    write_module.write_frame(written, pd.concat(frames, ignore_index=True), True, plain)
    assert written.getvalue() == "\n".join(["word", *"".join(parts), ""]).encode()


def test_row_numbers_count_records_of_the_whole_file(tmp_path: Path) -> None:
    directory = write_shop(SMALL, tmp_path / "shop")
    dirty = read_text(directory / DIRTY_ROWS)
    zero = dirty.loc[dirty["kind"] == "zero_quantity", "row_number"].astype(int)
    lines = read_text(directory / ORDER_ITEMS)
    assert len(zero) == SMALL.blocks * SMALL.dirty_per_kind
    assert (lines["quantity"].iloc[zero - 1] == "0").all()


def test_the_same_shop_is_not_written_twice(tmp_path: Path) -> None:
    directory = write_shop(SMALL, tmp_path / "shop")
    touched = directory / CUSTOMERS
    touched.write_text("left alone", "utf-8")
    assert write_shop(SMALL, directory) == directory
    assert touched.read_text("utf-8") == "left alone"


def test_another_shop_is_replaced(tmp_path: Path) -> None:
    directory = write_shop(SMALL, tmp_path / "shop")
    other = SMALL.model_copy(update={"seed": 5})
    write_shop(other, directory)
    assert read_truth(directory).config == other
    assert [path.name for path in tmp_path.iterdir()] == ["shop"]


def test_other_peoples_files_are_not_overwritten(tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_text("mine", "utf-8")
    with pytest.raises(FileExistsError):
        write_shop(SMALL, tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["letter.txt"]


def test_an_interrupted_write_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(config: SampleConfig):
        yield next(iter(blocks(config)))
        raise KeyboardInterrupt

    monkeypatch.setattr(write_module, "blocks", interrupted)
    with pytest.raises(KeyboardInterrupt):
        write_shop(SMALL, tmp_path / "shop")
    assert list(tmp_path.iterdir()) == []


def test_command_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "deep" / "shop"
    assert main([str(out), "--customers", "7", "--seed", "3", "--clean"]) == 0
    assert capsys.readouterr().out == f"{out}\n"
    config = read_truth(out).config
    assert (config.customers, config.seed, config.dirty_per_kind) == (7, 3, 0)


def test_command_line_says_what_is_wrong(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([str(tmp_path / "shop"), "--customers", "0"]) == 2
    assert "customers" in capsys.readouterr().err
    with pytest.raises(SystemExit) as stop:
        main(["--help"])
    assert stop.value.code == 0
