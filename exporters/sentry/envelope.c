/* Envelope framing. Every line and every payload ends in LF, the last one too. */
#include "exporters/sentry/envelope.h"

#include <time.h>
#include "base/clock.h"
#include "exporters/sentry/json_text.h"

/* RFC 3339, UTC. */
static void append_time(struct byte_buffer *out, uint64_t unix_ns)
{
	time_t seconds = (time_t)(unix_ns / NS_PER_S);
	struct tm utc;

	if (!gmtime_r(&seconds, &utc)) {
		out->is_failed = true;
		return;
	}
	byte_buffer_append_format(out, "%04d-%02d-%02dT%02d:%02d:%02d.%06uZ", utc.tm_year + 1900,
				  utc.tm_mon + 1, utc.tm_mday, utc.tm_hour, utc.tm_min, utc.tm_sec,
				  (unsigned int)(unix_ns % NS_PER_S / NS_PER_US));
}

void envelope_begin(struct byte_buffer *out, const struct envelope_header *header)
{
	byte_buffer_append_byte(out, '{');
	if (header->event_id)
		byte_buffer_append_format(out, "\"event_id\":\"%s\",", header->event_id);
	if (header->sent_at_unix_ns) {
		byte_buffer_append_text(out, "\"sent_at\":\"");
		append_time(out, header->sent_at_unix_ns);
		byte_buffer_append_text(out, "\",");
	}
	byte_buffer_append_text(out,
				"\"sdk\":{\"name\":\"limpet\",\"version\":\"" LIMPET_VERSION "\"}");
	if (header->trace) {
		byte_buffer_append_text(out, ",\"trace\":");
		json_text_append(out, header->trace, 0);
	}
	byte_buffer_append_text(out, "}\n");
}

void envelope_add_item(struct byte_buffer *out, const char *type, struct view payload)
{
	byte_buffer_append_format(out, "{\"type\":\"%s\",\"length\":%zu}\n", type, payload.size);
	byte_buffer_append(out, payload);
	byte_buffer_append_byte(out, '\n');
}
