/* What happened in all, per operation (service, kind, name): counts, rate and latency quantiles. */
#ifndef TERMINAL_TERMINAL_SUMMARY_H
#define TERMINAL_TERMINAL_SUMMARY_H

#include "base/byte_buffer.h"
#include "overview/operation_table.h"
#include "terminal/terminal_style.h"

struct terminal_summary;

int terminal_summary_new(struct terminal_summary **ret);
void terminal_summary_free(struct terminal_summary **summary);

void terminal_summary_add(struct terminal_summary *summary, const struct segment *segment);

/* Appends the table, operations by total time, and one line of totals. */
void terminal_summary_print(const struct terminal_summary *summary, uint64_t traces_count,
			    const struct terminal_style *style, struct byte_buffer *out);

/* The same of somebody else's table. */
void terminal_summary_print_table(const struct operation_table *operations, uint64_t traces_count,
				  const struct terminal_style *style, struct byte_buffer *out);

#endif
