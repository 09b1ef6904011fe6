/*
 * Prints /metrics of a status with a value of its own in every field and names that are hard to
 * write, for test_metrics.py to read with a parser of others.
 */
#include <stdio.h>
#include <string.h>
#include "base/clock.h"
#include "base/log.h"
#include "service/prometheus_text.h"
#include "service/service_ledger.h"

static struct service_status status;

static void fill_services(void)
{
	struct service_ledger *ledger;

	if (service_ledger_new(&ledger) < 0)
		return;
	for (int i = 0; i < 3; i++)
		service_ledger_count(ledger, VIEW_LITERAL("shop"), i == 0);
	service_ledger_count(ledger, VIEW_LITERAL("quote\"back\\slash\nline"), true);
	service_ledger_count(ledger, VIEW_LITERAL("m\xc3\xbcller {x=\"y\"} 7"), false);
	service_ledger_fill(ledger, &status);
	service_ledger_free(&ledger);
}

int main(void)
{
	struct byte_buffer out;

	byte_buffer_init(&out, 1 << 20);
	status.taken_ns = 100 * NS_PER_S;
	status.started_ns = 40 * NS_PER_S;
	(void)strcpy(status.source, "fentry");
	(void)strcpy(status.kernel, "6.1.0-56-amd64");
	status.processes_count = 57;
	status.segments_count = 5;
	status.spans_count = UINT64_MAX;
	status.destinations_count = 1;
	(void)strcpy(status.destinations[0].name, "otlp");
	status.destinations[0].sent_count = 12;
	drops_set(&status.drops, DROP_RING_FULL, 3);
	fill_services();
	prometheus_text_write(&out, &status, 101 * NS_PER_S);
	(void)fwrite(out.bytes, 1, out.size, stdout);
	byte_buffer_done(&out);
	return 0;
}
