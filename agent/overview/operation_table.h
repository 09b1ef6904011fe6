/*
 * What happened in all, per operation (service, kind, name): counts, errors and latency. Fed with
 * every segment; what people are shown of it is drawn by the terminal and by the report. Bounded:
 * what comes when the table is full counts as `other`.
 */
#ifndef OVERVIEW_OPERATION_TABLE_H
#define OVERVIEW_OPERATION_TABLE_H

#include "base/hash_map.h"
#include "base/histogram.h"
#include "model/segment.h"

#define MAX_OPERATIONS          200 /* about 5 KB each */
#define OPERATION_SERVICE_BYTES 64
#define OPERATION_NAME_BYTES    128

struct operation_key {
	char service[OPERATION_SERVICE_BYTES]; /* zero-padded, cut */
	/* With its system before it, "redis GET", and of a call of HTTP whom it went to,
	 * "GET shop:8080". */
	char name[OPERATION_NAME_BYTES];
	uint32_t kind; /* enum span_kind; 0: other */
};

struct operation {
	uint64_t errors;
	struct histogram durations;
};

struct operation_row {
	const struct operation_key *key;
	const struct operation *operation;
};

struct operation_table {
	struct hash_map *operations;
	struct operation other;
	uint64_t spans, errors;
	uint64_t first_ns, last_ns; /* the time the spans cover; first > last: there was none */
};

int operation_table_init(struct operation_table *table);
void operation_table_done(struct operation_table *table);

void operation_table_add(struct operation_table *table, const struct segment *segment);

/* What a span counts as. */
struct operation_key operation_table_key(const struct resource *resource, const struct span *span);

/* Every operation by total time, the others last. Returns how many. */
size_t operation_table_rows(const struct operation_table *table,
			    struct operation_row ret[MAX_OPERATIONS + 1]);

uint64_t operation_table_elapsed_ns(const struct operation_table *table);

struct view operation_table_service(const struct operation_key *key);
struct view operation_table_name(const struct operation_key *key);

/* "server", "client" …; "" for other. */
const char *operation_table_kind_word(uint32_t kind);

#endif
