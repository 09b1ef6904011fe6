#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Flask, Django and FastAPI as in their quick starts: its exceptions are reported as an SDK inside would have, each in the trace of its request."""
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
import tap
from quickstart import SAMPLED_CHECKS, prove
from quickstart_apps import Django, FastApi, Flask


def main():
    prove(Flask)
    prove(Flask, is_attached=True)
    # What failed is kept, whatever is sampled; the others are not.
    prove(Flask, "--sample=0", checks=SAMPLED_CHECKS)
    prove(Django)
    prove(FastApi)
    tap.finish()


if __name__ == "__main__":
    main()
