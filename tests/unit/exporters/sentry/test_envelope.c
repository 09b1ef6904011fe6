/* Envelope framing, byte for byte. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <string.h>
#include "exporters/sentry/envelope.h"

#define SDK "\"sdk\":{\"name\":\"limpet\",\"version\":\"" LIMPET_VERSION "\"}"

static struct byte_buffer out;

static void assert_bytes(const char *expected)
{
	assert_false(out.is_failed);
	assert_int_equal(out.size, strlen(expected));
	assert_memory_equal(out.bytes, expected, out.size);
}

static int set_up(void **state)
{
	(void)state;
	byte_buffer_init(&out, 4096);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	byte_buffer_done(&out);
	return 0;
}

static void has_header_lines_and_lengths(void **state)
{
	json_t *trace = json_pack("{s:s, s:s}", "trace_id", "4bf92f3577b34da6a3ce929d0e0e4736",
				  "sampled", "true");
	struct envelope_header header = {
		.event_id = "9f0c2b7e5a1d4c83b6e2f47a10d95c3e",
		.trace = trace,
		.sent_at_unix_ns = 1767607212716204999,
	};

	(void)state;
	envelope_begin(&out, &header);
	envelope_add_item(&out, "transaction", VIEW_LITERAL("{\"a\":\"\xc3\xa9\"}"));
	envelope_add_item(&out, "client_report", VIEW_LITERAL("{}"));
	assert_bytes("{\"event_id\":\"9f0c2b7e5a1d4c83b6e2f47a10d95c3e\","
		     "\"sent_at\":\"2026-01-05T10:00:12.716204Z\"," SDK
		     ",\"trace\":{\"trace_id\":\"4bf92f3577b34da6a3ce929d0e0e4736\",\"sampled\":"
		     "\"true\"}}\n"
		     "{\"type\":\"transaction\",\"length\":10}\n{\"a\":\"\xc3\xa9\"}\n"
		     "{\"type\":\"client_report\",\"length\":2}\n{}\n");
	json_decref(trace);
}

static void stored_ones_have_no_sent_at(void **state)
{
	struct envelope_header header = {.event_id = "9f0c2b7e5a1d4c83b6e2f47a10d95c3e"};

	(void)state;
	byte_buffer_clear(&out);
	envelope_begin(&out, &header);
	assert_bytes("{\"event_id\":\"9f0c2b7e5a1d4c83b6e2f47a10d95c3e\"," SDK "}\n");
}

static void reports_need_no_event_id(void **state)
{
	struct envelope_header header = {.sent_at_unix_ns = 951782400000000000};

	(void)state;
	byte_buffer_clear(&out);
	envelope_begin(&out, &header);
	assert_bytes("{\"sent_at\":\"2000-02-29T00:00:00.000000Z\"," SDK "}\n");
}

static void payloads_are_not_looked_at(void **state)
{
	(void)state;
	byte_buffer_clear(&out);
	envelope_add_item(&out, "attachment", VIEW_LITERAL("a\nb\r\n"));
	envelope_add_item(&out, "attachment", (struct view){0});
	assert_bytes("{\"type\":\"attachment\",\"length\":5}\na\nb\r\n\n"
		     "{\"type\":\"attachment\",\"length\":0}\n\n");
}

static void minidumps_are_attachments(void **state)
{
	(void)state;
	byte_buffer_clear(&out);
	envelope_add_minidump(&out, VIEW_LITERAL("MDMP\n\1x"));
	assert_bytes("{\"type\":\"attachment\",\"length\":7,\"filename\":\"minidump.dmp\","
		     "\"attachment_type\":\"event.minidump\",\"content_type\":"
		     "\"application/octet-stream\"}\nMDMP\n\1x\n");
}

static void the_cap_shows(void **state)
{
	static const char zeros[4096];

	(void)state;
	byte_buffer_clear(&out);
	envelope_add_item(&out, "attachment", view_of(zeros, sizeof(zeros)));
	assert_true(out.is_failed);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(has_header_lines_and_lengths),
		cmocka_unit_test(stored_ones_have_no_sent_at),
		cmocka_unit_test(reports_need_no_event_id),
		cmocka_unit_test(payloads_are_not_looked_at),
		cmocka_unit_test(minidumps_are_attachments),
		cmocka_unit_test(the_cap_shows),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
