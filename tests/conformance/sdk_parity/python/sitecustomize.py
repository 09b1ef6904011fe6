"""Gives an unmodified application the real Sentry SDK, as its quick start says, from outside: for tests/conformance/test_sdk_parity.py."""
import os

import sentry_sdk

if os.environ.get("PARITY_DSN"):
    sentry_sdk.init(dsn=os.environ["PARITY_DSN"], traces_sample_rate=1.0)
