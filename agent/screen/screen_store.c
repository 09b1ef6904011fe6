/* One lock, held for a copy at most. Aggregation is overview's: here it is only kept and read. */
#include "screen/screen_store.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include "base/cleanup.h"
#include "base/clock.h"

struct screen_store {
	pthread_mutex_t lock;
	const struct drops *drops;
	uint64_t begin_ns;
	struct operation_table operations;
	struct operation_history history;
	struct trace_collector *collector;
	struct live_traces traces;
	struct item *crashes[MAX_SCREEN_CRASHES]; /* newest first */
	uint32_t crashes_count;
	uint64_t crashes_seen_count;
	struct screen_facts facts;
	struct profile_top top; /* of all that was given away: all of it, in the end */
};

int screen_store_new(struct screen_store **ret, const struct drops *drops)
{
	_cleanup_(screen_store_free) struct screen_store *store = calloc(1, sizeof(*store));
	int err;

	if (!store)
		return -ENOMEM;
	(void)pthread_mutex_init(&store->lock, NULL);
	store->drops = drops;
	store->begin_ns = clock_monotonic_ns();
	store->facts.cost_percent = -1;
	err = operation_table_init(&store->operations);
	if (err == 0)
		err = operation_history_init(&store->history);
	if (err == 0)
		err = trace_collector_new(&store->collector);
	if (err == 0)
		err = profile_top_init(&store->top);
	if (err < 0)
		return err;
	*ret = TAKE_PTR(store);
	return 0;
}

void screen_store_free(struct screen_store **store)
{
	struct screen_store *freed = *store;

	if (!freed)
		return;
	if (freed->operations.operations)
		operation_table_done(&freed->operations);
	if (freed->history.counts)
		operation_history_done(&freed->history);
	trace_collector_free(&freed->collector);
	if (freed->top.functions)
		profile_top_done(&freed->top);
	live_traces_done(&freed->traces);
	for (uint32_t i = 0; i < freed->crashes_count; i++)
		item_release(&freed->crashes[i]);
	(void)pthread_mutex_destroy(&freed->lock);
	free(freed);
	*store = NULL;
}

static void add_crash(struct screen_store *store, struct item *item)
{
	if (store->crashes_count == MAX_SCREEN_CRASHES)
		item_release(&store->crashes[--store->crashes_count]);
	memmove(store->crashes + 1, store->crashes,
		store->crashes_count * sizeof(store->crashes[0]));
	store->crashes[0] = item_reference(item);
	store->crashes_count++;
	store->crashes_seen_count++;
}

/* The lock is held. */
static void take_traces(struct screen_store *store, uint64_t until_ns, uint64_t overdue_ns)
{
	struct collected_trace trace;

	while (trace_collector_take(store->collector, until_ns, overdue_ns, &trace))
		(void)live_traces_add(&store->traces, &trace);
}

static int add_segment(struct screen_store *store, struct item *item, uint64_t now_ns)
{
	struct collected_trace trace;
	int err;

	operation_table_add(&store->operations, item->segment);
	operation_history_add(&store->history, item->segment, now_ns);
	err = trace_collector_add(store->collector, item, now_ns);
	while (trace_collector_is_full(store->collector) &&
	       trace_collector_take(store->collector, UINT64_MAX, UINT64_MAX, &trace))
		(void)live_traces_add(&store->traces, &trace);
	return err;
}

int screen_store_add(struct screen_store *store, struct item *item, uint64_t now_ns)
{
	int err = 0;

	(void)pthread_mutex_lock(&store->lock);
	if (item->kind == ITEM_CRASH)
		add_crash(store, item);
	else if (item->kind == ITEM_SEGMENT && item->segment->spans_count)
		err = add_segment(store, item, now_ns);
	else if (item->kind == ITEM_PROFILE)
		err = profile_top_add(&store->top, item->profile);
	(void)pthread_mutex_unlock(&store->lock);
	return err;
}

void screen_store_settle(struct screen_store *store, uint64_t until_ns, uint64_t overdue_ns)
{
	(void)pthread_mutex_lock(&store->lock);
	take_traces(store, until_ns, overdue_ns);
	(void)pthread_mutex_unlock(&store->lock);
}

void screen_store_set_facts(struct screen_store *store, const struct screen_facts *facts)
{
	(void)pthread_mutex_lock(&store->lock);
	store->facts = *facts;
	(void)pthread_mutex_unlock(&store->lock);
}

/* Before there are that many seconds, the rate is that of those there were. */
static double find_rate(const uint32_t seconds[HISTORY_SECONDS], uint64_t running_ns)
{
	uint64_t age = running_ns / NS_PER_S, sum = 0;
	uint32_t wanted = age < 1 ? 1 : age < RATE_SECONDS ? (uint32_t)age : RATE_SECONDS;

	for (uint32_t i = HISTORY_SECONDS - wanted; i < HISTORY_SECONDS; i++)
		sum += seconds[i];
	return (double)sum / wanted;
}

static void read_operations(const struct screen_store *store, uint64_t now_ns,
			    struct screen_snapshot *snapshot)
{
	struct operation_row rows[MAX_OPERATIONS + 1];
	size_t count = operation_table_rows(&store->operations, rows);

	for (size_t i = 0; i < count; i++) {
		const struct histogram *durations = &rows[i].operation->durations;
		struct screen_operation *operation = &snapshot->operations[i];

		*operation = (struct screen_operation){
			.key = *rows[i].key,
			.count = durations->count,
			.errors = rows[i].operation->errors,
			.total_ns = durations->sum_ns,
			.p50_ns = histogram_quantile(durations, 0.5),
			.p95_ns = histogram_quantile(durations, 0.95),
			.p99_ns = histogram_quantile(durations, 0.99),
			.max_ns = durations->max_ns,
		};
		operation_history_read(&store->history, rows[i].key, now_ns, operation->seconds);
		operation->rate = find_rate(operation->seconds, snapshot->running_ns);
	}
	snapshot->operations_count = (uint32_t)count;
	snapshot->spans_count = store->operations.spans;
	snapshot->errors_count = store->operations.errors;
}

static void read_shared(const struct screen_store *store, struct screen_snapshot *snapshot)
{
	for (int list = 0; list < LIVE_LISTS_COUNT; list++) {
		snapshot->traces_counts[list] = store->traces.counts[list];
		for (uint32_t i = 0; i < store->traces.counts[list]; i++)
			snapshot->traces[list][i] =
				live_traces_reference(store->traces.lists[list][i]);
	}
	snapshot->traces_seen_count = store->traces.seen_count;
	snapshot->traces_failed_count = store->traces.failed_count;
	for (uint32_t i = 0; i < store->crashes_count; i++)
		snapshot->crashes[i] = item_reference(store->crashes[i]);
	snapshot->crashes_count = store->crashes_count;
	snapshot->crashes_seen_count = store->crashes_seen_count;
}

/* While it runs, who knows tells of the last minute; then nothing is left to be told of. */
static void read_profile(const struct screen_store *store, struct screen_facts *facts)
{
	if (!facts->is_over || !store->top.samples_count)
		return;
	facts->functions_count =
		profile_top_rows(&store->top, facts->functions, MAX_SCREEN_FUNCTIONS);
	facts->samples_count = store->top.samples_count;
}

void screen_store_read(struct screen_store *store, uint64_t now_ns,
		       struct screen_snapshot *snapshot)
{
	screen_snapshot_done(snapshot);
	snapshot->unix_ns = now_ns + clock_unix_offset_ns();
	for (int reason = 0; reason < DROP_REASONS_COUNT; reason++)
		snapshot->drops.counts[reason] = drops_get(store->drops, (enum drop_reason)reason);
	(void)pthread_mutex_lock(&store->lock);
	snapshot->running_ns = now_ns > store->begin_ns ? now_ns - store->begin_ns : 0;
	read_operations(store, now_ns, snapshot);
	read_shared(store, snapshot);
	snapshot->facts = store->facts;
	read_profile(store, &snapshot->facts);
	(void)pthread_mutex_unlock(&store->lock);
}

const struct operation_table *screen_store_operations(const struct screen_store *store)
{
	return &store->operations;
}

uint64_t screen_store_traces_count(const struct screen_store *store)
{
	return store->traces.seen_count;
}
