#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""WEBrick and Sinatra as in their quick starts: its exceptions are reported as an SDK inside would have, each in the trace of its request."""
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
import tap
from quickstart import prove
from quickstart_apps import Sinatra, WebRick


def main():
    prove(WebRick)
    prove(Sinatra)
    tap.finish()


if __name__ == "__main__":
    main()
