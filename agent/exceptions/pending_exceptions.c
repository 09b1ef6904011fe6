/* A map that keeps its order, and the questions that go over all of it. */
#include "exceptions/pending_exceptions.h"

#include "base/clock.h"
#include "exceptions/exception_grouping.h"

#define SAME_NS   (2 * NS_PER_S) /* between what a runtime tells and what it prints */
#define DEADLY_NS (3 * NS_PER_S) /* between a report and the end it may have caused */

int pending_exceptions_init(struct pending_exceptions *table, size_t max)
{
	return hash_map_new(&table->map, sizeof(uint64_t), sizeof(struct pending_exception), max);
}

void pending_exceptions_done(struct pending_exceptions *table)
{
	struct pending_exception *pending;

	while (table->map && (pending = hash_map_oldest(table->map)))
		pending_exceptions_remove(table, pending);
	hash_map_free(&table->map);
}

struct pending_exception *pending_exceptions_find(const struct pending_exceptions *table,
						  uint64_t token)
{
	return hash_map_find(table->map, &token);
}

struct pending_exception *pending_exceptions_add(struct pending_exceptions *table, uint64_t token,
						 const struct output_place *place)
{
	struct pending_exception *pending = hash_map_add(table->map, &token, NULL);

	if (!pending)
		return NULL;
	pending->token = token;
	pending->place = *place;
	return pending;
}

void pending_exceptions_remove(struct pending_exceptions *table, struct pending_exception *pending)
{
	uint64_t token = pending->token;

	pending_exception_done(pending);
	(void)hash_map_remove(table->map, &token);
}

struct pending_exception *pending_exceptions_next(const struct pending_exceptions *table,
						  void **cursor)
{
	return hash_map_next(table->map, cursor);
}

size_t pending_exceptions_count(const struct pending_exceptions *table)
{
	return hash_map_count(table->map);
}

/* Racing threads print for each other: the thread counts only where the process lives on. */
static bool is_same(const struct pending_exception *text, const struct pending_exception *probe)
{
	uint64_t one = text->place.time_ns, other = probe->place.time_ns;

	return text->place.tgid == probe->place.tgid && text->report && probe->report &&
	       text->report->language == probe->report->language &&
	       (one > other ? one - other : other - one) <= SAME_NS &&
	       (text->place.tid == probe->place.tid || probe->report->manner == MANNER_UNCAUGHT) &&
	       exception_grouping_is_compatible(text->report->exceptions,
						probe->report->exceptions);
}

struct pending_exception *pending_exceptions_partner(const struct pending_exceptions *table,
						     const struct pending_exception *pending)
{
	struct pending_exception *other;
	void *cursor = NULL;

	while ((other = hash_map_next(table->map, &cursor))) {
		const struct pending_exception *text = pending->is_from_probe ? other : pending;
		const struct pending_exception *probe = pending->is_from_probe ? pending : other;

		if (!text->is_from_probe && probe->is_from_probe && !text->is_confirmed &&
		    is_same(text, probe))
			return other;
	}
	return NULL;
}

void pending_exceptions_process_gone(struct pending_exceptions *table, uint32_t tgid,
				     uint64_t death_ns, bool is_well)
{
	struct pending_exception *pending;
	void *cursor = NULL;

	while ((pending = hash_map_next(table->map, &cursor))) {
		if (pending->place.tgid != tgid)
			continue;
		pending->is_left_alone = true;
		if (!is_well && death_ns <= pending->place.time_ns + DEADLY_NS)
			pending->death_ns = death_ns;
	}
}

/* Whatever its manner, but not what was caught and written down. */
static bool is_deadly(const struct pending_exception *pending, uint32_t tgid)
{
	return pending->place.tgid == tgid && pending_exception_is_fatal(pending);
}

/* With them wait those that it did not die of: they may be the same, told before. */
uint32_t pending_exceptions_await_event(struct pending_exceptions *table, uint32_t tgid)
{
	struct pending_exception *pending;
	void *cursor = NULL;
	uint32_t count = 0;

	while ((pending = hash_map_next(table->map, &cursor)))
		count += is_deadly(pending, tgid);
	cursor = NULL;
	while (count && (pending = hash_map_next(table->map, &cursor)))
		if (pending->place.tgid == tgid && pending->death_ns) {
			pending->is_event_awaited = true;
			pending->is_left_alone = false;
		}
	return count;
}

void pending_exceptions_leave_alone(struct pending_exceptions *table, uint32_t tgid)
{
	struct pending_exception *pending;
	void *cursor = NULL;

	while ((pending = hash_map_next(table->map, &cursor)))
		if (pending->place.tgid == tgid)
			pending->is_left_alone = true;
}

void pending_exceptions_acquit(struct pending_exceptions *table, uint32_t tgid)
{
	struct pending_exception *pending;
	void *cursor = NULL;

	while ((pending = hash_map_next(table->map, &cursor)))
		if (pending->place.tgid == tgid && pending->death_ns) {
			pending->death_ns = 0;
			pending->is_left_alone = true;
		}
}

struct pending_exception *pending_exceptions_deadly(const struct pending_exceptions *table,
						    uint32_t tgid, uint32_t tid)
{
	struct pending_exception *pending, *best = NULL;
	void *cursor = NULL;

	while ((pending = hash_map_next(table->map, &cursor)))
		if (is_deadly(pending, tgid) &&
		    (!best || pending->place.tid == tid || best->place.tid != tid))
			best = pending;
	return best;
}
