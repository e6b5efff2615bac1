"""What `clientele check` says, as a person would want to read it."""

from __future__ import annotations

from orchestration.check import CheckedFile, CheckResult, ShopFacts
from orchestration.console import Console

BAD, DOUBTFUL, GOOD = "red", "yellow", "green"


def show_check(console: Console, result: CheckResult) -> None:
    """Print what a load would do: first what is wrong, last what to do."""
    console.output.print()
    for stray in result.strays:
        console.say(f"✗ {stray}", style=BAD)
    for file in result.files:
        _show_file(console, result, file)
    _show_missing(console, result)
    if result.shop:
        _show_shop(console, result.shop)
    _show_verdict(console, result)


def _show_file(console: Console, result: CheckResult, file: CheckedFile) -> None:
    if file.refusal:
        console.say(f"✗ {file.refusal}", style=BAD)
        return
    rejects = [reject for reject in result.rejects if reject.file == file.path.name]
    rejected = sum(reject.row_count for reject in rejects)
    style = DOUBTFUL if rejects else GOOD
    mark = "!" if rejects else "✓"
    console.say(
        f"{mark} {file.path.name} → {file.table.name}: {file.row_count:,} rows"
        + (f", of which {rejected:,} would be rejected" if rejects else ""),
        style=style,
    )
    for reject in rejects:
        console.say(
            f"    {reject.row_count:,} × {reject.reason} (first in row {reject.row_number:,})"
        )
    for header in file.left_out:
        console.say(f"    column {header} is unknown to the contract and would be left out")
    for column in file.absent:
        console.say(f"    no column {column.header}. {column.without or 'It stays null.'}")


def _show_missing(console: Console, result: CheckResult) -> None:
    for table in result.missing_tables:
        if table.without is None:
            console.say(
                f"✗ no file for {table.name} ({table.files}): every shop needs one; "
                f"{table.description}",
                style=BAD,
            )
        else:
            console.say(f"- no file for {table.name}. {table.without}")


def _show_shop(console: Console, shop: ShopFacts) -> None:
    console.output.print()
    console.say(
        f"{shop.orders:,} orders from {shop.first_date} to {shop.last_date} "
        f"by {shop.customers:,} customers."
    )
    if shop.orders_without_customer:
        console.say(f"{shop.orders_without_customer:,} orders name no customer.", style=DOUBTFUL)
    if shop.orders_without_lines:
        console.say(
            f"{shop.orders_without_lines:,} orders have no line, and so no revenue.", style=DOUBTFUL
        )


def _show_verdict(console: Console, result: CheckResult) -> None:
    console.output.print()
    rejected = sum(reject.row_count for reject in result.rejects)
    if result.problems:
        return
    if rejected:
        console.say(
            f"The files would load. {rejected:,} rows would be kept aside, with their reasons, "
            "in staging.staging_rejects."
        )
    else:
        console.say("The files would load, every row of them.", style=GOOD)
