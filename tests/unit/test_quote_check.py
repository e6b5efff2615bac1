"""Which quotes are part of a value, whatever the blocks in which they arrive."""

from __future__ import annotations

import csv
import io
import random

import pytest

from ingest.quote_check import refuse_stray_quotes
from warehouse.errors import InputRefused


def checked(text: str, size: int) -> bytes:
    data = text.encode()
    blocks = (data[at : at + size] for at in range(0, len(data), size))
    return b"".join(refuse_stray_quotes("a.csv", 1, blocks))


GOOD = (
    'P1,"5"" nails",3\nP2,"6"" bolts",4\n',
    '"",""""\n"""a"""\n',
    '"a,b","c\nd"\r\n"e"',
    'a, "b" ,c\n"d"  ,\t"e"\n',
    "no quote at all\n",
    '"' + "long, with\nlines" * 20 + '"\n"x"\n',
)
BROKEN = {
    'P1,5" nails,3\nP2,6" bolts,4\n': 2,
    'P0,x,1\nP1,pipe 6",3\nP2,pipe 8",4\n': 3,
    '"5\\" nails","6\\" bolts"\n': 2,
    '"Ann,1\nBob,2\n"Cy,3\n': 4,
    'a\n"b"c,"d"\n': 3,
    'x,y" \n': 2,
}


@pytest.mark.parametrize("size", [1, 7, 64, 1000])
@pytest.mark.parametrize("text", GOOD)
def test_sound_quotes_pass_as_they_are(text: str, size: int) -> None:
    assert checked(text, size) == text.encode()


@pytest.mark.parametrize("size", [1, 7, 64, 1000])
@pytest.mark.parametrize(("text", "line"), BROKEN.items())
def test_a_quote_inside_a_value_is_refused(text: str, line: int, size: int) -> None:
    with pytest.raises(
        InputRefused, match=rf"a\.csv: line {line}: a quote inside a value .*double"
    ):
        checked(text, size)


def test_whatever_a_csv_writer_writes_passes() -> None:
    chance = random.Random(7)
    for _ in range(300):
        rows = [
            ["".join(chance.choices('ab",\n\r ', k=chance.randrange(200))) for _ in range(3)]
            for _ in range(5)
        ]
        sink = io.StringIO(newline="")
        csv.writer(sink).writerows(rows)
        checked(sink.getvalue(), chance.randrange(1, 300))
