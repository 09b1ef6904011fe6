/* What a secret looks like in every place a span can carry one, and what must stay readable. */
#include "cmocka_test.h"

#include "processors/scrubber.h"
#include "sample_crash.h"

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
		cmocka_unit_test(a_crash_with_nothing_in_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
