"""`python -m ingest.sample OUT`: write the sample shop."""

import argparse
import sys
from pathlib import Path

from pydantic import ValidationError

from ingest.sample.config import SampleConfig
from ingest.sample.write import write_shop


def parser() -> argparse.ArgumentParser:
    """Describe the command line; defaults are those of `SampleConfig`."""
    fields = SampleConfig.model_fields
    options = argparse.ArgumentParser(prog="python -m ingest.sample", description=__doc__)
    options.add_argument("out", type=Path, help="directory to write")
    options.add_argument(
        "--customers", type=int, default=fields["customers"].default, help="default: %(default)s"
    )
    options.add_argument(
        "--seed", type=int, default=fields["seed"].default, help="default: %(default)s"
    )
    options.add_argument("--clean", action="store_true", help="leave the dirty rows out")
    return options


def main(arguments: list[str] | None = None) -> int:
    """Write a shop; returns 0, or 2 with the reason on stderr where it cannot."""
    given = parser().parse_args(arguments)
    values = {"customers": given.customers, "seed": given.seed}
    if given.clean:
        values["dirty_per_kind"] = 0
    try:
        written = write_shop(SampleConfig.model_validate(values), given.out)
    except (ValidationError, FileExistsError) as error:
        sys.stderr.write(f"{error}\n")
        return 2
    sys.stdout.write(f"{written}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
