/* One row per operation in a bounded map; the time they cover is the spans' own, so that a replayed
 * recording tells the same as the run it was made of. */
#include "overview/operation_table.h"

#include <stdio.h>
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

/* One word more of the name, as far as there is room. */
static void add_word(struct operation_key *key, struct view word)
{
	size_t used = strnlen(key->name, sizeof(key->name));

	if (used && word.size && used < sizeof(key->name))
		key->name[used++] = ' ';
	word = view_take(word, sizeof(key->name) - used);
	if (word.size)
		memcpy(key->name + used, word.bytes, word.size);
}

/* Has it a name that has a port but not whose? */
static bool is_plain_call(const struct span *span)
{
	return span->operation && strcmp(span->operation, "tcp.client") == 0;
}

/* A call that is named by its method or its port alone: whom it went to tells it from others. */
static void add_server(struct operation_key *key, const struct span *span)
{
	struct view address = attribute_string(&span->attributes, "server.address");
	const struct attribute *port = attribute_find(&span->attributes, "server.port");
	char text[OPERATION_NAME_BYTES];

	if (span->kind != SPAN_CLIENT || !address.size)
		return;
	if (!is_plain_call(span) &&
	    !view_equals(span->name, attribute_string(&span->attributes, "http.request.method")))
		return;
	if (is_plain_call(span) || !port || port->integer == 80 || port->integer == 443) {
		add_word(key, address);
		return;
	}
	(void)snprintf(text, sizeof(text), "%.*s:%lld", VIEW_FORMAT(view_take(address, 100)),
		       (long long)port->integer);
	add_word(key, view_of_text(text));
}

struct operation_key operation_table_key(const struct resource *resource, const struct span *span)
{
	struct view service = view_take(resource->service_name, OPERATION_SERVICE_BYTES);
	struct operation_key key = {.kind = span->kind};

	if (service.size)
		memcpy(key.service, service.bytes, service.size);
	add_word(&key, view_take(span_system(span), OPERATION_NAME_BYTES / 2));
	add_word(&key, span->name);
	add_server(&key, span);
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
