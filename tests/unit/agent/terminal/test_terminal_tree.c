/* The drawn tree, exactly, at two widths, with and without UTF-8; and that nothing hostile comes
 * through. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdlib.h>
#include <time.h>
#include "base/utf8.h"
#include "sample_segment.h"
#include "terminal/terminal_line.h"
#include "terminal/terminal_tree.h"

#define START_NS 1700000000123000000ull

static struct byte_buffer out;

static void draw(struct item *item, size_t width, bool is_utf8, bool is_colour)
{
	struct terminal_style style = {.width = width, .is_utf8 = is_utf8, .is_colour = is_colour};
	struct trace_layout *layout;

	byte_buffer_init(&out, 1 << 20);
	assert_int_equal(trace_layout_new(&layout, &item, 1), 0);
	terminal_tree_print(layout, &style, terminal_tree_needs_legend(layout), &out);
	trace_layout_free(&layout);
	byte_buffer_append_byte(&out, '\0');
	assert_false(out.is_failed);
}

static struct item *fixed_item(void)
{
	struct item *item = sample_item(START_NS);

	setenv("TZ", "UTC", 1);
	tzset();
	for (int i = 0; i < TRACE_ID_BYTES; i++)
		item->segment->trace_id[i] = (uint8_t)(i * 17);
	return item;
}

static void test_80_columns(void **state)
{
	struct item *item = fixed_item();

	(void)state;
	draw(item, 80, true, false);
	assert_string_equal(
		out.bytes,
		"links: ─ header  ╌ same connection  ┄ same thread\n"
		"22:13:20.123  trace 00112233445566778899aabbccddeeff  3 spans  1 error\n"
		"shop GET /orders/{id}                         200  25.0 ms  ━━━━━━━━━━━━━━━━━━━━\n"
		"├┄ → GET                                      503  4.00 ms   ━━━\n"
		"└┄ → POST                                     200  12.3 ms       ━━━━━━━━━╸\n"
		"\n");
	byte_buffer_done(&out);
	item_release(&item);
}

static void test_ascii(void **state)
{
	struct item *item = fixed_item();

	(void)state;
	draw(item, 80, false, false);
	assert_string_equal(
		out.bytes,
		"links: - header  ~ same connection  . same thread\n"
		"22:13:20.123  trace 00112233445566778899aabbccddeeff  3 spans  1 error\n"
		"shop GET /orders/{id}                         200  25.0 ms  ====================\n"
		"|. > GET                                      503  4.00 ms   ===\n"
		"`. > POST                                     200  12.3 ms       ==========\n"
		"\n");
	byte_buffer_done(&out);
	item_release(&item);
}

static void test_narrow_has_no_bar(void **state)
{
	struct item *item = fixed_item();

	(void)state;
	draw(item, 40, true, false);
	assert_non_null(strstr(out.bytes, "\nshop GET /orders/{id}       200  25.0 ms\n"));
	byte_buffer_done(&out);
	item_release(&item);
}

static void test_details_of_a_call(void **state)
{
	struct item *item = fixed_item();
	struct segment *segment = item->segment;
	struct span *call = segment->spans[1];

	(void)state;
	call->name = VIEW_LITERAL("TCP :6379");
	call->http_status = 0;
	call->is_incomplete = true;
	call->attributes = (struct attribute_list){0};
	attribute_set_static(&call->attributes, &segment->arena, "network.peer.address",
			     "10.0.0.7");
	attribute_set_integer(&call->attributes, &segment->arena, "network.peer.port", 6379);
	attribute_set_integer(&call->attributes, &segment->arena, "limpet.request.size", 52);
	attribute_set_integer(&call->attributes, &segment->arena, "limpet.response.size", 12345);
	attribute_set_static(&call->attributes, &segment->arena, "error.type", "connection_reset");
	attribute_set_static(&segment->spans[2]->attributes, &segment->arena, "server.address",
			     "stock");
	attribute_set_integer(&segment->spans[2]->attributes, &segment->arena, "server.port", 8080);
	draw(item, 160, true, false);
	assert_non_null(strstr(
		out.bytes, "├┄ → TCP :6379 10.0.0.7  ↑52 B ↓12 kB  connection_reset  unfinished "));
	assert_non_null(strstr(out.bytes, " error  4.00 ms"));
	assert_non_null(strstr(out.bytes, "└┄ → POST stock:8080 "));
	byte_buffer_done(&out);
	item_release(&item);
}

static void test_hostile_texts(void **state)
{
	static const char hostile[] = "\x1b]0;owned\x07\r\n\x9b\xff\xe2\x80\xae%s%n";
	struct item *item = fixed_item();

	(void)state;
	for (uint32_t i = 0; i < item->segment->spans_count; i++) {
		struct span *span = item->segment->spans[i];

		span->name = VIEW_LITERAL("\x1b[2J\x1b[H\n\r\t");
		attribute_set_static(&span->attributes, &item->segment->arena, "server.address",
				     hostile);
		attribute_set_static(&span->attributes, &item->segment->arena, "error.type",
				     hostile);
		span->start_unix_ns = i == 1 ? UINT64_MAX : span->start_unix_ns;
	}
	item->segment->resource->service_name = view_of_text(hostile);
	for (size_t width = 40; width < 200; width += 7) {
		struct view rest;

		draw(item, width, true, false);
		rest = view_take(byte_buffer_view(&out), out.size - 1);
		while (rest.size) {
			size_t length = rest.bytes[0] == '\n' ? 1 : utf8_printable_length(rest);

			if (length == 0)
				fail_msg("byte %02x came through", (unsigned char)rest.bytes[0]);
			rest = view_skip(rest, length);
		}
		byte_buffer_done(&out);
	}
	item_release(&item);
}

static void test_lines_keep_within_the_width(void **state)
{
	struct item *item = fixed_item();
	struct terminal_style style = {.is_utf8 = true};

	(void)state;
	item->segment->resource->service_name =
		VIEW_LITERAL("a-service-with-quite-a-long-name-in-中文");
	for (size_t width = 40; width < 200; width++) {
		struct view rest, one;

		draw(item, width, true, false);
		rest = view_take(byte_buffer_view(&out), out.size - 1);
		while (view_next_token(&rest, '\n', &one))
			if (terminal_line_width(&style, one) > width)
				fail_msg("%zu columns: %.*s", width, VIEW_FORMAT(one));
		byte_buffer_done(&out);
	}
	item_release(&item);
}

static void test_long_traces_are_cut(void **state)
{
	struct item *item = fixed_item();

	(void)state;
	for (int i = 0; i < 300; i++)
		(void)sample_span(item->segment, SPAN_CLIENT, "GET", START_NS, 5);
	draw(item, 80, true, true);
	assert_non_null(strstr(out.bytes, "(103 more spans of this trace are not shown)"));
	assert_non_null(strstr(out.bytes, "\x1b[31m"));
	byte_buffer_done(&out);
	item_release(&item);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_80_columns),
		cmocka_unit_test(test_ascii),
		cmocka_unit_test(test_narrow_has_no_bar),
		cmocka_unit_test(test_details_of_a_call),
		cmocka_unit_test(test_hostile_texts),
		cmocka_unit_test(test_lines_keep_within_the_width),
		cmocka_unit_test(test_long_traces_are_cut),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
