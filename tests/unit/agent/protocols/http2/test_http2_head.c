/* What is kept of a header block and what is not. */
#include "cmocka_test.h"

#include "protocols/http2/http2_head.h"

static struct http2_head head;

static void take(const char *name, const char *value)
{
	http2_head_take(&head, http2_head_find_field(view_of_text(name)), view_of_text(value));
}

static void keeps_what_is_wanted(void **state)
{
	struct propagation propagation;

	(void)state;
	http2_head_init(&head);
	take(":method", "GET");
	take(":method", "POST");
	take("cookie", "secret");
	take("Traceparent", "upper case is not HTTP/2");
	take("traceparent", "00-1");
	take("baggage", "a=1");
	take("baggage", "b=2");
	take("tracestate", "x=1");
	take("b3", "0");
	take("tracestate", "y=2");
	take("x-b3-sampled", "");
	assert_view(head.values[HTTP2_FIELD_METHOD], "GET");
	assert_int_equal(head.values[HTTP2_FIELD_OTHER].size, 0);
	assert_null(memmem(head.text, head.used_bytes, "secret", 6));
	http2_head_propagation(&head, &propagation);
	assert_view(propagation.traceparent, "00-1");
	assert_view(propagation.baggage, "a=1,b=2");
	assert_view(propagation.tracestate, "x=1");
	assert_view(propagation.b3, "0");
	assert_non_null(propagation.b3_sampled.bytes);
	assert_false(head.has_unknown);
	http2_head_take(&head, HTTP2_FIELD_UNKNOWN, VIEW_LITERAL("1"));
	assert_true(head.has_unknown);
}

static void reads_status(void **state)
{
	static const struct {
		const char *text;
		int status;
	} cases[] = {{"200", 200}, {"999", 999}, {"099", 0}, {"20", 0}, {"2000", 0}, {"2x0", 0}};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		http2_head_init(&head);
		take(":status", cases[i].text);
		assert_int_equal(http2_head_status(&head), cases[i].status);
	}
	http2_head_init(&head);
	assert_int_equal(http2_head_status(&head), 0);
}

static void cuts_what_is_long(void **state)
{
	static char text[5000];

	(void)state;
	memset(text, 'p', sizeof(text) - 1);
	http2_head_init(&head);
	take(":path", text);
	take("baggage", "a=1");
	take("baggage", text);
	take("user-agent", text);
	take(":authority", text);
	take("b3", "x");
	assert_int_equal(head.values[HTTP2_FIELD_PATH].size, MAX_HTTP2_VALUE_BYTES);
	assert_view(head.values[HTTP2_FIELD_BAGGAGE], "a=1");
	assert_int_equal(head.values[HTTP2_FIELD_USER_AGENT].size, MAX_HTTP2_VALUE_BYTES);
	assert_int_equal(head.values[HTTP2_FIELD_AUTHORITY].size, MAX_HTTP2_VALUE_BYTES - 3);
	assert_int_equal(head.values[HTTP2_FIELD_B3].size, 0);
	assert_int_equal(head.used_bytes, sizeof(head.text));
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(keeps_what_is_wanted),
		cmocka_unit_test(reads_status),
		cmocka_unit_test(cuts_what_is_long),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
