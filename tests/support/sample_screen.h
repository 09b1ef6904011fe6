/*
 * A snapshot of a busy and hostile program with every time and id known.
 */
#ifndef SUPPORT_SAMPLE_SCREEN_H
#define SUPPORT_SAMPLE_SCREEN_H

#include <time.h>
#include "base/clock.h"
#include "cmocka_test.h"
#include "hostile_names.h"
#include "known_segment.h"
#include "sample_crash.h"
#include "screen/screen_draw.h"
#include "screen/screen_store.h"
#include "screen/screen_tab.h"

#define SAMPLE_TRACES  12
#define SAMPLE_UNIX_NS (KNOWN_START_NS + 60 * NS_PER_S)

static struct drops sample_drops;
static struct screen_snapshot sample_snapshot;
static struct screen_state sample_state;

static inline void sample_screen_add(struct screen_store *store, struct segment *segment)
{
	struct item *item;

	assert(item_new_segment(&item, &segment) == 0);
	assert(screen_store_add(store, item, NS_PER_S) == 0);
	item_release(&item);
}

/* Each trace takes a little longer than the one before; every third one did not fail. */
static inline void sample_screen_traces(struct screen_store *store)
{
	for (uint32_t i = 0; i < SAMPLE_TRACES; i++) {
		struct segment *segment = known_segment();

		segment->trace_id[0] = (uint8_t)i;
		for (uint32_t j = 0; j < segment->spans_count; j++) {
			segment->spans[j]->start_unix_ns += i * NS_PER_S;
			segment->spans[j]->end_unix_ns += i * NS_PER_S + i * i * NS_PER_MS;
		}
		if (i % 3 == 0)
			segment->spans[1]->status = STATUS_UNSET;
		sample_screen_add(store, segment);
		screen_store_settle(store, UINT64_MAX, UINT64_MAX);
	}
}

static inline void sample_screen_hostile(struct screen_store *store)
{
	const struct view *names;
	size_t count = hostile_names(&names);

	for (size_t i = 0; i < count; i++) {
		struct segment *segment = known_segment();

		segment->trace_id[1] = (uint8_t)(i + 1);
		segment->spans_count = 1;
		segment->spans[0]->name = names[i];
		segment->resource->service_name = names[(i + 4) % count];
		sample_screen_add(store, segment);
		screen_store_settle(store, UINT64_MAX, UINT64_MAX);
	}
}

static inline void sample_screen_crashes(struct screen_store *store)
{
	struct crash *crash = known_crash();
	struct item *item;

	assert(item_new_crash(&item, &crash) == 0);
	assert(screen_store_add(store, item, NS_PER_S) == 0);
	item_release(&item);
	crash = known_crash();
	crash->kind = CRASH_EXCEPTION;
	crash->type = VIEW_LITERAL("Value\x1b[2JError");
	crash->cause = VIEW_LITERAL("no stock\x07 for 世界\n");
	crash->process_name = VIEW_LITERAL("sh\x1bop");
	assert(item_new_crash(&item, &crash) == 0);
	assert(screen_store_add(store, item, NS_PER_S) == 0);
	item_release(&item);
}

static inline void sample_screen_facts(struct screen_facts *facts)
{
	*facts = (struct screen_facts){
		.whom = "PID 4711 (shop) and 3 children",
		.cost_percent = 0.4242,
		.processes_count = 4,
		.has_syscalls = true,
		.syscalls = {{1, "write", 1234567, 12, 9876543210ull, 4321000, {{32, 9}, {11, 3}}},
			     {202, "futex", 777, 44, 88 * NS_PER_S, 5 * NS_PER_S, {{110, 44}}},
			     {999, NULL, 1, 1, 700, 700, {{38, 1}}},
			     {0, "read", 12, 0, 4000, 1000, {{0}}}},
		.syscalls_count = 4,
		.has_profile = true,
		.functions = {{"shop::order_total(shop::Order const&)", "shop", 700, 900},
			      {"sqrt", "libm.so.6", 200, 200},
			      {"\x1b[31mevil\x1b[0m", "[jit]", 99, 100},
			      {"main", "shop", 1, 1000}},
		.functions_count = 4,
		.samples_count = 1000,
	};
}

static inline void sample_screen_begin(void)
{
	struct screen_facts facts;
	struct screen_store *store;

	assert(setenv("TZ", "UTC", 1) == 0);
	tzset();
	drops_set(&sample_drops, DROP_RING_FULL, 1234);
	drops_set(&sample_drops, DROP_SAMPLED, 5);
	drops_set(&sample_drops, DROP_STREAM_GAP, 7);
	assert(screen_store_new(&store, &sample_drops) == 0);
	sample_screen_traces(store);
	sample_screen_hostile(store);
	sample_screen_crashes(store);
	sample_screen_facts(&facts);
	screen_store_set_facts(store, &facts);
	screen_store_read(store, NS_PER_S, &sample_snapshot);
	screen_store_free(&store);
	sample_snapshot.running_ns = 754 * NS_PER_S;
	sample_snapshot.unix_ns = SAMPLE_UNIX_NS;
	for (uint32_t i = 0; i < sample_snapshot.operations_count; i++) {
		struct screen_operation *operation = &sample_snapshot.operations[i];

		operation->rate = 1234.5 / (i * i + 1);
		operation->p99_ns += 7 * NS_PER_MS; /* a dozen are too few to tell them apart */
		operation->max_ns += 9 * NS_PER_MS;
		for (uint32_t j = 0; j < HISTORY_SECONDS; j++)
			operation->seconds[j] = j * (i + 1) % 17;
	}
	sample_state = (struct screen_state){0};
}

static inline void sample_screen_end(void)
{
	screen_state_done(&sample_state);
	screen_snapshot_done(&sample_snapshot);
}

#endif
