#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""A C++ and a Rust server: its exceptions are reported as an SDK inside would have, each in the trace of its request."""
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
import tap
from quickstart import prove
from quickstart_apps import Cpp, Rust, RustPlain


def main():
    prove(Cpp)
    prove(Rust)
    prove(RustPlain)
    tap.finish()


if __name__ == "__main__":
    main()
