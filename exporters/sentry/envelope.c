/* Envelope framing. Every line and every payload ends in LF, the last one too. */
#include "exporters/sentry/envelope.h"

#include "exporters/sentry/json_text.h"

void envelope_begin(struct byte_buffer *out, const struct envelope_header *header)
{
	byte_buffer_append_byte(out, '{');
	if (header->event_id)
		byte_buffer_append_format(out, "\"event_id\":\"%s\",", header->event_id);
	if (header->sent_at_unix_ns) {
		byte_buffer_append_text(out, "\"sent_at\":\"");
		json_text_append_time(out, header->sent_at_unix_ns);
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

void envelope_add_profile_chunk(struct byte_buffer *out, const char *platform, struct view payload)
{
	byte_buffer_append_format(
		out, "{\"type\":\"profile_chunk\",\"length\":%zu,\"platform\":\"%s\"}\n",
		payload.size, platform);
	byte_buffer_append(out, payload);
	byte_buffer_append_byte(out, '\n');
}

void envelope_add_minidump(struct byte_buffer *out, struct view minidump)
{
	byte_buffer_append_format(out,
				  "{\"type\":\"attachment\",\"length\":%zu,"
				  "\"filename\":\"minidump.dmp\","
				  "\"attachment_type\":\"event.minidump\","
				  "\"content_type\":\"application/octet-stream\"}\n",
				  minidump.size);
	byte_buffer_append(out, minidump);
	byte_buffer_append_byte(out, '\n');
}
