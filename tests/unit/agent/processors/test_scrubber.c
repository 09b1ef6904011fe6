/* What a secret looks like in every place a span can carry one, and what must stay readable. */
#include "cmocka_test.h"

#include "processors/scrubber.h"
#include "sample_exception.h"

static const char *scrub(const char *key, const char *value)
{
	static char result[16384];
	struct segment *segment = sample_segment(0);
	struct span *span = segment->spans[1];
	struct view scrubbed;

	attribute_set_string(&span->attributes, &segment->arena, key, view_of_text(value));
	scrubber_scrub(segment);
	scrubbed = attribute_string(&span->attributes, key);
	assert_in_range(scrubbed.size, 0, sizeof(result) - 1);
	memcpy(result, scrubbed.bytes, scrubbed.size);
	result[scrubbed.size] = '\0';
	segment_free(&segment);
	return result;
}

static void queries(void **state)
{
	(void)state;
	assert_string_equal(scrub("url.query", "a=1&token=x&b&Session_ID=7&="),
			    "a=REDACTED&token=[Filtered]&b&Session_ID=[Filtered]&=REDACTED");
	assert_string_equal(scrub("url.query", "page"), "page");
	assert_string_equal(scrub("url.query", "a=1=2;token=x"), "a=REDACTED");
	assert_string_equal(scrub("url.query", "a=REDACTED"), "a=REDACTED");
	assert_string_equal(scrub("url.query", ""), "");
}

static void urls(void **state)
{
	(void)state;
	assert_string_equal(scrub("url.full", "http://h/a/b"), "http://h/a/b");
	assert_string_equal(scrub("url.full", "http://u:p@h:80/a?x=1&key=2"),
			    "http://REDACTED:REDACTED@h:80/a?x=REDACTED&key=[Filtered]");
	assert_string_equal(scrub("url.full", "http://u@v:p@h/"), "http://REDACTED:REDACTED@h/");
	assert_string_equal(scrub("url.full", "http://h/@user?q"), "http://h/@user?q");
	assert_string_equal(scrub("url.full", "http://u:p@h?x=1"),
			    "http://REDACTED:REDACTED@h?x=REDACTED");
	assert_string_equal(scrub("url.full", "http://h/a#access_token=1"), "http://h/a");
	assert_string_equal(scrub("url.full", "http://h/a?x=1#token=1"), "http://h/a?x=REDACTED");
	assert_string_equal(scrub("url.full", "http://u:p@h#x"), "http://REDACTED:REDACTED@h");
}

static void headers(void **state)
{
	(void)state;
	assert_string_equal(scrub("http.request.header.authorization", "Bearer x"), "[Filtered]");
	assert_string_equal(scrub("http.response.header.set-cookie", "a=b"), "[Filtered]");
	assert_string_equal(scrub("http.request.header.x-api-key", "a"), "[Filtered]");
	assert_string_equal(scrub("http.request.header.accept", "text/html"), "text/html");
	assert_string_equal(scrub("http.request.header.", "x"), "x");
}

static void everything_else_stays(void **state)
{
	(void)state;
	assert_string_equal(scrub("url.path", "/a?token=x"), "/a?token=x");
	assert_string_equal(scrub("server.address", "key=1"), "key=1");
}

static void too_long_to_be_sure(void **state)
{
	char *value = malloc(10000);

	(void)state;
	memset(value, 'a', 9999);
	value[9999] = '\0';
	value[8500] = '=';
	assert_string_equal(scrub("url.query", value), "[Filtered]");
	free(value);
}

/* Everything of a crash that a program or its peers wrote. */
static void crashes(void **state)
{
	struct crash *crash = sample_crash(KNOWN_CRASH_NS);
	struct attribute_list *request = &crash->trace.request;
	struct breadcrumb *crumbs = crash->breadcrumbs;

	(void)state;
	attribute_set_static(request, &crash->arena, "url.query", "a=1&token=x");
	attribute_set_static(&crash->attributes, &crash->arena, "url.full", "http://u:p@h/?b=2");
	attribute_set_static(&crumbs[0].attributes, &crash->arena, "url.query", "sid=9");
	crash->cause = VIEW_LITERAL("uncaught C++ exception: password=hunter2 is wrong");
	crumbs[3].message = VIEW_LITERAL("{\"api_key\": \"a b\"}");
	scrubber_scrub_crash(crash);
	assert_view(attribute_string(request, "url.query"), "a=REDACTED&token=[Filtered]");
	assert_view(attribute_string(&crash->attributes, "url.full"),
		    "http://REDACTED:REDACTED@h/?b=REDACTED");
	assert_view(attribute_string(&crumbs[0].attributes, "url.query"), "sid=[Filtered]");
	assert_view(crash->cause, "uncaught C++ exception: password=[Filtered] is wrong");
	assert_view(crumbs[3].message, "{\"api_key\": \"[Filtered]\"}");
	/* The rest is what it was. */
	assert_view(crumbs[0].message, "GET /stock/{id}");
	assert_view(crumbs[2].message, "connect: ECONNREFUSED");
	assert_view(attribute_string(request, "url.path"), "/orders/17");
	assert_view(attribute_string(&crash->attributes, "limpet.crash.kind"), "signal");
	crash_free(&crash);
}

static void exceptions(void **state)
{
	struct crash *crash = sample_exception(KNOWN_CRASH_NS);
	struct exception *raised = &crash->exceptions[0], *cause = &crash->exceptions[1];

	(void)state;
	raised->value = VIEW_LITERAL("cannot open postgres://shop:hunter2@db/orders");
	cause->value = VIEW_LITERAL("login failed\npassword=hunter2 user=me");
	raised->frames[0].context_line = VIEW_LITERAL("    connect(user, password=\"hunter2\")");
	raised->frames[0].before[1] = VIEW_LITERAL("    api_key = 'abc'");
	raised->frames[0].after[0] = VIEW_LITERAL("    auth(\"Bearer abc.def\")");
	crash->exception_text = VIEW_LITERAL("Traceback (most recent call last):\n"
					     "    connect(user, password=\"hunter2\")\n"
					     "Error: Authorization: Bearer abc.def\n");
	crash->log_message = VIEW_LITERAL("GET /x?token=abc failed");
	crash->cause = raised->value;
	scrubber_scrub_crash(crash);
	assert_view(raised->value, "cannot open postgres://REDACTED:REDACTED@db/orders");
	assert_view(crash->cause, "cannot open postgres://REDACTED:REDACTED@db/orders");
	assert_view(cause->value, "login failed\npassword=[Filtered] user=me");
	assert_view(raised->frames[0].context_line, "    connect(user, password=\"[Filtered]\")");
	assert_view(raised->frames[0].before[0], "@app.route(\"/divide_by_zero\")");
	assert_view(raised->frames[0].before[1], "    api_key = '[Filtered]'");
	assert_view(raised->frames[0].after[0], "    auth(\"Bearer [Filtered]\")");
	assert_view(crash->exception_text, "Traceback (most recent call last):\n"
					   "    connect(user, password=\"[Filtered]\")\n"
					   "Error: Authorization: [Filtered]\n");
	assert_view(crash->log_message, "GET /x?token=[Filtered] failed");
	/* The rest is what it was. */
	assert_view(raised->type, "ZeroDivisionError");
	assert_view(raised->frames[0].file, "/srv/shop/app.py");
	crash_free(&crash);
}

static void threads_of_reports(void **state)
{
	struct crash *crash = sample_exception_of(SAMPLE_GO, KNOWN_CRASH_NS);
	struct exception_thread *thread = &crash->exception_threads[0];

	(void)state;
	thread->name = VIEW_LITERAL("key=abc");
	thread->frames[0].context_line = VIEW_LITERAL("secret := \"abc\"");
	crash->exception_thread_name = VIEW_LITERAL("pwd=abc");
	scrubber_scrub_crash(crash);
	assert_view(thread->name, "key=[Filtered]");
	assert_view(thread->state, "IO wait, 2 minutes");
	assert_view(thread->frames[0].context_line, "secret := \"[Filtered]\"");
	assert_view(crash->exception_thread_name, "pwd=[Filtered]");
	crash_free(&crash);
}

/* A report of full length is scrubbed; what is longer than any report may be is not let out. */
static void long_reports(void **state)
{
	struct crash *crash = sample_exception(KNOWN_CRASH_NS);
	char *text = malloc(3 * MAX_EXCEPTION_TEXT);
	size_t at = 0;

	(void)state;
	assert_non_null(text);
	while (at + 6 <= MAX_EXCEPTION_TEXT) {
		memcpy(text + at, "key=v\n", 6);
		at += 6;
	}
	crash->exception_text = view_of(text, at);
	scrubber_scrub_crash(crash);
	assert_view(crash->exception_text, "[Filtered]"); /* 15 bytes for 6 */
	memset(text, 'a', MAX_EXCEPTION_TEXT);
	memcpy(text + MAX_EXCEPTION_TEXT - 6, " key=v", 6);
	crash->exception_text = view_of(text, MAX_EXCEPTION_TEXT);
	scrubber_scrub_crash(crash);
	assert_int_equal(crash->exception_text.size, MAX_EXCEPTION_TEXT + 9);
	assert_true(view_ends_with(crash->exception_text, VIEW_LITERAL("aaa key=[Filtered]")));
	memset(text, 'a', 3 * MAX_EXCEPTION_TEXT);
	crash->exceptions[0].value = view_of(text, 3 * MAX_EXCEPTION_TEXT);
	scrubber_scrub_crash(crash);
	assert_view(crash->exceptions[0].value, "[Filtered]");
	free(text);
	crash_free(&crash);
}

static void a_crash_with_nothing_in_it(void **state)
{
	struct resource *resource = sample_resource();
	struct crash *crash;

	(void)state;
	assert_int_equal(crash_new(&crash, resource), 0);
	resource_release(&resource);
	scrubber_scrub_crash(crash);
	assert_int_equal(crash->cause.size, 0);
	crash_free(&crash);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(queries),
		cmocka_unit_test(urls),
		cmocka_unit_test(headers),
		cmocka_unit_test(everything_else_stays),
		cmocka_unit_test(too_long_to_be_sure),
		cmocka_unit_test(crashes),
		cmocka_unit_test(exceptions),
		cmocka_unit_test(threads_of_reports),
		cmocka_unit_test(long_reports),
		cmocka_unit_test(a_crash_with_nothing_in_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
