/* Client reports: one matrix of atomic counters, emptied row by row into the payload. */
#include "exporters/sentry/client_report.h"

#include <inttypes.h>
#include "exporters/sentry/json_text.h"

#define REASON_ROW(name, text) [REPORT_##name] = (text),

/* The longest row there can be, and what closes the payload. */
#define MAX_ROW_BYTES 128

static const char *const reasons[CLIENT_REPORT_REASONS_COUNT] = {CLIENT_REPORT_REASONS(REASON_ROW)};

void client_report_add(struct client_report *report, enum client_report_reason reason,
		       enum category category, uint64_t quantity)
{
	__atomic_fetch_add(&report->counts[reason][category], quantity, __ATOMIC_RELAXED);
}

void client_report_add_transaction(struct client_report *report, enum client_report_reason reason,
				   uint64_t spans_count)
{
	client_report_add(report, reason, CATEGORY_TRANSACTION, 1);
	client_report_add(report, reason, CATEGORY_SPAN, spans_count);
}

bool client_report_is_empty(const struct client_report *report)
{
	for (int reason = 0; reason < CLIENT_REPORT_REASONS_COUNT; reason++)
		for (int category = 0; category < CATEGORIES_COUNT; category++)
			if (__atomic_load_n(&report->counts[reason][category], __ATOMIC_RELAXED))
				return false;
	return true;
}

static void append_row(struct byte_buffer *out, int reason, int category, uint64_t quantity)
{
	if (out->bytes[out->size - 1] != '[')
		byte_buffer_append_byte(out, ',');
	byte_buffer_append_format(
		out, "{\"reason\":\"%s\",\"category\":\"%s\",\"quantity\":%" PRIu64 "}",
		reasons[reason], category_name((enum category)category), quantity);
}

bool client_report_take(struct client_report *report, uint64_t unix_ns, struct byte_buffer *out,
			struct client_report *ret_taken)
{
	bool has_rows = false;

	*ret_taken = (struct client_report){0};
	byte_buffer_clear(out);
	byte_buffer_append_text(out, "{\"timestamp\":");
	json_text_append_seconds(out, unix_ns);
	byte_buffer_append_text(out, ",\"discarded_events\":[");
	for (int i = 0; i < CLIENT_REPORT_REASONS_COUNT * CATEGORIES_COUNT && !out->is_failed;
	     i++) {
		int reason = i / CATEGORIES_COUNT, category = i % CATEGORIES_COUNT;
		uint64_t quantity;

		if (out->size + MAX_ROW_BYTES > MAX_CLIENT_REPORT_BYTES)
			break;
		quantity =
			__atomic_exchange_n(&report->counts[reason][category], 0, __ATOMIC_RELAXED);
		if (!quantity)
			continue;
		ret_taken->counts[reason][category] = quantity;
		append_row(out, reason, category, quantity);
		has_rows = true;
	}
	byte_buffer_append_text(out, "]}");
	if (has_rows && !out->is_failed)
		return true;
	client_report_give_back(report, ret_taken);
	return false;
}

void client_report_give_back(struct client_report *report, const struct client_report *taken)
{
	for (int reason = 0; reason < CLIENT_REPORT_REASONS_COUNT; reason++)
		for (int category = 0; category < CATEGORIES_COUNT; category++)
			if (taken->counts[reason][category])
				client_report_add(report, (enum client_report_reason)reason,
						  (enum category)category,
						  taken->counts[reason][category]);
}
