#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""PHP's own server, and php-fpm behind nginx: its exceptions are reported as an SDK inside would have, each in the trace of its request."""
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
import tap
from quickstart import prove
from quickstart_apps import PhpBuiltIn, PhpFpm


def main():
    prove(PhpBuiltIn)
    prove(PhpFpm)
    tap.finish()


if __name__ == "__main__":
    main()
