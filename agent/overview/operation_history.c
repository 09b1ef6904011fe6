/* A ring of counters per operation; what has grown old is cleared when its place is needed. */
#include "overview/operation_history.h"

#include <string.h>
#include "base/clock.h"

#define RING_SECONDS 64 /* more than are shown: the present one is among them */

struct second_counts {
	uint64_t second; /* the newest */
	uint32_t counts[RING_SECONDS];
};

static const struct operation_key other_key = {.name = "other"};

int operation_history_init(struct operation_history *history)
{
	return hash_map_new(&history->counts, sizeof(struct operation_key),
			    sizeof(struct second_counts), MAX_OPERATIONS + 1);
}

void operation_history_done(struct operation_history *history)
{
	hash_map_free(&history->counts);
}

static void move_to(struct second_counts *counts, uint64_t second)
{
	if (second <= counts->second)
		return;
	if (second - counts->second >= RING_SECONDS)
		memset(counts->counts, 0, sizeof(counts->counts));
	else
		for (uint64_t i = counts->second + 1; i <= second; i++)
			counts->counts[i % RING_SECONDS] = 0;
	counts->second = second;
}

static struct second_counts *find(struct operation_history *history,
				  const struct operation_key *key)
{
	struct second_counts *counts = hash_map_find(history->counts, key);

	if (counts)
		return counts;
	/* One place is kept for the rest. */
	if (hash_map_count(history->counts) >= MAX_OPERATIONS)
		key = &other_key;
	return hash_map_add(history->counts, key, NULL);
}

void operation_history_add(struct operation_history *history, const struct segment *segment,
			   uint64_t now_ns)
{
	uint64_t second = now_ns / NS_PER_S;

	for (uint32_t i = 0; i < segment->spans_count; i++) {
		struct operation_key key =
			operation_table_key(segment->resource, segment->spans[i]);
		struct second_counts *counts = find(history, &key);

		if (!counts)
			continue;
		move_to(counts, second);
		counts->counts[second % RING_SECONDS]++;
	}
}

void operation_history_read(const struct operation_history *history,
			    const struct operation_key *key, uint64_t now_ns,
			    uint32_t ret_counts[HISTORY_SECONDS])
{
	const struct second_counts *counts = hash_map_find(history->counts, key);
	uint64_t now = now_ns / NS_PER_S;

	memset(ret_counts, 0, HISTORY_SECONDS * sizeof(ret_counts[0]));
	if (!counts)
		return;
	for (uint64_t ago = 1; ago <= HISTORY_SECONDS && ago <= now; ago++) {
		uint64_t second = now - ago;

		if (second <= counts->second && counts->second - second < RING_SECONDS)
			ret_counts[HISTORY_SECONDS - ago] = counts->counts[second % RING_SECONDS];
	}
}
