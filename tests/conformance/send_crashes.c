/*
 * Delivers sample crashes to a Sentry as limpet does, through spool and queue: so that a test can
 * kill it at any moment. Prints one line `crash ID` per crash offered; goes on until its standard
 * input ends, then drains.
 * usage: send_crashes DSN SPOOL COUNT
 */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include "base/clock.h"
#include "destinations.h"
#include "exporters/sentry/json_text.h"
#include "sample_crash.h"

#define DRAIN_NS (5 * NS_PER_S)

static void offer(struct destinations *destinations)
{
	struct item *item = sample_crash_item(clock_unix_ns());
	char id[2 * CRASH_ID_BYTES + 1];

	json_text_hex(id, item->crash->id, CRASH_ID_BYTES);
	destinations_offer(destinations, item, NULL);
	item_release(&item);
	(void)printf("crash %s\n", id);
	(void)fflush(stdout);
}

int main(int argc, char **argv)
{
	struct settings settings = {
		.command = COMMAND_AGENT,
		.terminal = {.trees = SWITCH_OFF},
		.crash = {.enabled = true},
		.delivery = {.max_queue_items = 64,
			     .max_batch_items = 16,
			     .schedule_delay_ms = 1000,
			     .max_retry_ms = 60000,
			     .max_spool_bytes = 16u << 20,
			     .max_spool_items = 64},
	};
	struct destinations *destinations;
	struct drops drops = {0};
	char byte;

	if (argc != 4) {
		(void)fprintf(stderr, "usage: send_crashes DSN SPOOL COUNT\n");
		return 2;
	}
	settings.sentry.dsn = argv[1];
	settings.delivery.spool_directory = argv[2];
	if (destinations_new(&destinations, &settings, &drops) < 0)
		return 1;
	for (int i = atoi(argv[3]); i > 0; i--)
		offer(destinations);
	while (read(STDIN_FILENO, &byte, 1) > 0)
		;
	if (!destinations_stop(&destinations, clock_monotonic_ns() + DRAIN_NS))
		_exit(1);
	(void)printf("lost %llu\n", (unsigned long long)drops_lost(&drops));
	return 0;
}
