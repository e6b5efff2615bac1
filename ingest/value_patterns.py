"""What a value of each declared type looks like in raw text, as POSIX regular expressions.

They run in Postgres and answer one question: can this column be what the contract says? They
are wider than a cast (30 February passes) and never narrower than what staging can use: "6.0" is an
integer, since exports write it wherever a column has blanks. Dates are ISO only, because what
"01/02/2011" means would depend on the server's settings; without dashes they are a type of their
own, since eight digits may be any number.
"""

from __future__ import annotations

from ingest.contract import ColumnType

_DATE = "[0-9]{4}-(0?[1-9]|1[0-2])-(0?[1-9]|[12][0-9]|3[01])"
_COMPACT_DATE = "[0-9]{4}(0[1-9]|1[0-2])(0[1-9]|[12][0-9]|3[01])"
_TIME = "([01]?[0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9]([.][0-9]{1,9})?)?"
_ZONE = "( ?(Z|UTC|[+-][0-9]{2}(:?[0-9]{2})?))?"
_TIMESTAMP = f"^{_DATE}([ T]{_TIME}{_ZONE})?$"

PATTERNS: dict[ColumnType, str] = {
    "integer": "^[+-]?[0-9]+([.]0*)?$",
    "numeric": "^[+-]?([0-9]+([.][0-9]*)?|[.][0-9]+)([eE][+-]?[0-9]{1,3})?$",
    "timestamp": _TIMESTAMP,
    # Exports write midnight behind dates; staging casts both.
    "date": _TIMESTAMP,
    "compact_date": f"^{_COMPACT_DATE}$",
    "boolean": "^([tT]([rR][uU][eE])?|[fF]([aA][lL][sS][eE])?|[yY]([eE][sS])?|[nN][oO]?"
    "|[oO][nN]|[oO][fF][fF]|[01])$",
}

PLURALS: dict[ColumnType, str] = {
    "text": "text",
    "integer": "integers",
    "numeric": "numbers",
    "timestamp": "timestamps",
    "date": "dates",
    "compact_date": "dates of eight digits",
    "boolean": "true or false",
}

REMEDIES: dict[ColumnType, str] = {
    "integer": "write whole numbers as 1234, without separators or units",
    "numeric": "write numbers as 1234.56, without thousands separators or currency signs",
    "timestamp": "write times as YYYY-MM-DD HH:MM:SS",
    "date": "write dates as YYYY-MM-DD",
    "compact_date": "write dates as YYYYMMDD",
    "boolean": "write true or false",
}
