/* Lines of a watch. */
#include "pod_json.h"

#include <errno.h>
#include "kubernetes/watch_event.h"

static const struct pod_wishes wishes;

static int parse(struct watch_event *ret, const char *line)
{
	struct view copy = exact_copy(view_of_text(line));
	int err = watch_event_parse(ret, copy, &wishes);

	free_copy(copy);
	return err;
}

static void kinds(void **state)
{
	struct watch_event event = {0};

	(void)state;
	assert_int_equal(parse(&event, "{\"type\":\"ADDED\",\"object\":" WEB_POD "}"), 0);
	assert_int_equal(event.kind, WATCH_CHANGED);
	assert_view(event.pod->name, "web-7c5d-x");
	assert_string_equal(event.resource_version, "71");
	pod_free(&event.pod);
	assert_int_equal(parse(&event, "{\"type\":\"MODIFIED\",\"object\":" WEB_POD "}"), 0);
	assert_int_equal(event.kind, WATCH_CHANGED);
	pod_free(&event.pod);
	assert_int_equal(parse(&event, "{\"type\":\"DELETED\",\"object\":" WEB_POD "}"), 0);
	assert_int_equal(event.kind, WATCH_DELETED);
	pod_free(&event.pod);
	assert_int_equal(parse(&event, "{\"type\":\"BOOKMARK\",\"object\":{\"kind\":\"Pod\","
				       "\"metadata\":{\"resourceVersion\":\"99\"}}}"),
			 0);
	assert_int_equal(event.kind, WATCH_BOOKMARK);
	assert_null(event.pod);
	assert_string_equal(event.resource_version, "99");
	assert_int_equal(parse(&event, "{\"type\":\"ERROR\",\"object\":{\"kind\":\"Status\","
				       "\"code\":410,\"message\":\"too old\\u001b[31m\"}}"),
			 0);
	assert_int_equal(event.kind, WATCH_ERROR);
	assert_int_equal(event.code, 410);
	assert_string_equal(event.message, "too old\\x1b[31m");
	assert_int_equal(parse(&event, "{\"type\":\"LATER\",\"object\":{}}"), 0);
	assert_int_equal(event.kind, WATCH_UNKNOWN);
}

static void refused(void **state)
{
	static const char *const lines[] = {"",
					    "{",
					    "7",
					    "{}",
					    "{\"type\":\"ADDED\"}",
					    "{\"type\":7,\"object\":{}}",
					    "{\"type\":\"ADDED\",\"object\":[]}",
					    "{\"type\":\"ADDED\",\"object\":{}}",
					    "{\"type\":\"ERROR\",\"object\":null}",
					    "{\"type\":\"ADDED\",\"object\":{}} {"};
	struct watch_event event = {.code = 77};

	(void)state;
	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++)
		assert_int_equal(parse(&event, lines[i]), -EINVAL);
	assert_int_equal(event.code, 77);
}

static void versions(void **state)
{
	char version[RESOURCE_VERSION_BYTES] = "before";

	(void)state;
	assert_false(watch_event_copy_version((struct view){0}, version));
	assert_false(watch_event_copy_version(VIEW_LITERAL("a b"), version));
	assert_false(watch_event_copy_version(VIEW_LITERAL("a\r\n"), version));
	assert_false(watch_event_copy_version(
		VIEW_LITERAL("0123456789012345678901234567890123456789012345678901234567890123"),
		version));
	assert_string_equal(version, "before");
	assert_true(watch_event_copy_version(VIEW_LITERAL("12"), version));
	assert_string_equal(version, "12");
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(kinds),
		cmocka_unit_test(refused),
		cmocka_unit_test(versions),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
