"""Classify recordings from the command line."""

from __future__ import annotations

import argparse
import json
import sys

from . import METADATA, Stream, StreamResult, read_recording


def main(arguments: list[str] | None = None) -> int:
    """Print the decisions about each recording; 2 where one cannot be read."""
    parser = argparse.ArgumentParser(
        prog=f"python -m {__package__}",
        description="Classify recordings: WAV files, or CSV files with a column for each channel.",
    )
    parser.add_argument("recording", nargs="+", help="a .wav or .csv file")
    parser.add_argument("--json", action="store_true", help="print one JSON object a line")
    options = parser.parse_args(arguments)
    for path in options.recording:
        try:
            samples = read_recording(path)
            stream = Stream(lambda result, path=path: _print(result, path, options.json))  # type: ignore[misc]
            stream.push(samples)
        except (OSError, ValueError) as error:
            print(f"{path}: {error}", file=sys.stderr)
            return 2
    return 0


def _print(result: StreamResult, path: str, as_json: bool) -> None:
    if as_json:
        smoothed = dict(zip(METADATA.labels, result.smoothed, strict=True))
        line = {"recording": path, "seconds": result.seconds, "label": result.label, "smoothed": smoothed}
        print(json.dumps(line))
    else:
        print(f"{result.seconds:8.3f} s  {result.label or 'uncertain'}  {result.confidence:.0%}")


if __name__ == "__main__":
    sys.exit(main())
