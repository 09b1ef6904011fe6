/* One row per operation in a bounded map; the time they cover is the spans' own, so that a replayed
 * recording tells the same as the run it was made of. */
#include "overview/operation_table.h"

#include <stdlib.h>
#include "overview/span_system.h"

int operation_table_init(struct operation_table *table)
{
	*table = (struct operation_table){.first_ns = UINT64_MAX};
	return hash_map_new(&table->operations, sizeof(struct operation_key),
			    sizeof(struct operation), MAX_OPERATIONS);
}

void operation_table_done(struct operation_table *table)
{
	hash_map_free(&table->operations);
}

struct operation_key operation_table_key(const struct resource *resource, const struct span *span)
{
	struct view service = view_take(resource->service_name, OPERATION_SERVICE_BYTES);
	struct view system = view_take(span_system(span), OPERATION_NAME_BYTES / 2);
	size_t before = system.size ? system.size + 1 : 0;
	struct view name = view_take(span->name, OPERATION_NAME_BYTES - before);
	struct operation_key key = {.kind = span->kind};

	if (service.size)
		memcpy(key.service, service.bytes, service.size);
	if (system.size) {
		memcpy(key.name, system.bytes, system.size);
		key.name[system.size] = ' ';
	}
	if (name.size)
		memcpy(key.name + before, name.bytes, name.size);
	return key;
}

static void add_span(struct operation_table *table, const struct resource *resource,
		     const struct span *span)
{
	struct operation_key key = operation_table_key(resource, span);
	struct operation *operation = hash_map_add(table->operations, &key, NULL);

	if (!operation)
		operation = &table->other;
	histogram_add(&operation->durations, span->end_unix_ns > span->start_unix_ns
						     ? span->end_unix_ns - span->start_unix_ns
						     : 0);
	operation->errors += span->status == STATUS_ERROR;
	table->errors += span->status == STATUS_ERROR;
	table->spans++;
	if (span->start_unix_ns < table->first_ns)
		table->first_ns = span->start_unix_ns;
	if (span->end_unix_ns > table->last_ns)
		table->last_ns = span->end_unix_ns;
}

void operation_table_add(struct operation_table *table, const struct segment *segment)
{
	for (uint32_t i = 0; i < segment->spans_count; i++)
		add_span(table, segment->resource, segment->spans[i]);
}

static int compare_total_time(const void *a, const void *b)
{
	const struct operation *x = ((const struct operation_row *)a)->operation;
	const struct operation *y = ((const struct operation_row *)b)->operation;

	if (x->durations.sum_ns != y->durations.sum_ns)
		return x->durations.sum_ns > y->durations.sum_ns ? -1 : 1;
	return 0;
}

size_t operation_table_rows(const struct operation_table *table,
			    struct operation_row ret[MAX_OPERATIONS + 1])
{
	static const struct operation_key other = {.name = "other"};
	const struct operation *operation;
	void *cursor = NULL;
	size_t count = 0;

	while (count < MAX_OPERATIONS && (operation = hash_map_next(table->operations, &cursor)))
		ret[count++] = (struct operation_row){hash_map_key(table->operations, operation),
						      operation};
	qsort(ret, count, sizeof(ret[0]), compare_total_time);
	if (table->other.durations.count)
		ret[count++] = (struct operation_row){&other, &table->other};
	return count;
}

uint64_t operation_table_elapsed_ns(const struct operation_table *table)
{
	return table->last_ns > table->first_ns ? table->last_ns - table->first_ns : 0;
}

struct view operation_table_service(const struct operation_key *key)
{
	return view_of(key->service, strnlen(key->service, sizeof(key->service)));
}

struct view operation_table_name(const struct operation_key *key)
{
	return view_of(key->name, strnlen(key->name, sizeof(key->name)));
}

const char *operation_table_kind_word(uint32_t kind)
{
	static const char *const words[] = {
		[SPAN_INTERNAL] = "internal", [SPAN_SERVER] = "server",
		[SPAN_CLIENT] = "client",     [SPAN_PRODUCER] = "producer",
		[SPAN_CONSUMER] = "consumer",
	};

	return kind < sizeof(words) / sizeof(words[0]) && words[kind] ? words[kind] : "";
}
