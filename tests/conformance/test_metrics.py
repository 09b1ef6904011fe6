#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""/metrics read by Prometheus's own client library: every family, label and value as they were meant."""
import os
import subprocess
import sys

os.chdir(os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", ".."))
sys.path.insert(0, "tests/support")
import tap  # noqa: E402

PROGRAM = ".build/tests/conformance/print_metrics"


def main():
    with tap.case("metrics: Prometheus's parser reads what was written"):
        try:
            from prometheus_client.parser import text_string_to_metric_families
        except ImportError:
            raise tap.Skip("no python3-prometheus-client") from None
        text = subprocess.run([PROGRAM], stdout=subprocess.PIPE, check=True).stdout.decode("utf-8")
        families = {family.name: family for family in text_string_to_metric_families(text)}
        samples = {(sample.name, tuple(sorted(sample.labels.items()))): sample.value
                   for family in families.values() for sample in family.samples}
        wanted = {
            ("limpet_build_info", (("kernel", "6.1.0-56-amd64"), ("source", "fentry"), ("version", "0.1.0"))): 1,
            ("limpet_uptime_seconds", ()): 61,
            ("limpet_status_age_seconds", ()): 1,
            ("limpet_processes", ()): 57,
            ("limpet_spans_total", ()): float(2 ** 64 - 1),
            ("limpet_service_segments_total", (("service", "shop"),)): 3,
            ("limpet_service_failed_segments_total", (("service", "shop"),)): 1,
            # Escaped for terminals when it was taken, then for the format: what arrives is the first.
            ("limpet_service_segments_total", (("service", "quote\"back\\slash\\x0aline"),)): 1,
            ("limpet_service_segments_total", (("service", "müller {x=\"y\"} 7"),)): 1,
            ("limpet_destination_sent_total", (("destination", "otlp"),)): 12,
            ("limpet_destination_up", (("destination", "otlp"),)): 1,
            ("limpet_drops_total", (("reason", "ring_full"),)): 3,
        }
        for key, value in wanted.items():
            assert samples.get(key) == value, f"{key}: {samples.get(key)}, not {value}"
        for family in families.values():
            assert family.name.startswith("limpet_"), family.name
            assert family.documentation.endswith("."), family.name
            assert family.type in ("counter", "gauge"), (family.name, family.type)
            assert family.samples, family.name
    tap.finish()


main()
