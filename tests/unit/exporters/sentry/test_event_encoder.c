/* The event as a whole, and what goes first when it is too large. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <jansson.h>
#include "exporters/sentry/event_encoder.h"
#include "crash_variants.h"
#include "sample_exception.h"

static const struct host_context known_host = {
	.hostname = "host-1", .machine = "x86_64", .kernel_release = "6.1.0-18-amd64"};

static struct byte_buffer out;
static struct crash *crash;
static json_t *event;

static int set_up(void **state)
{
	(void)state;
	crash = known_crash();
	byte_buffer_init(&out, 8 * MAX_EVENT_BYTES);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	json_decref(event);
	event = NULL;
	byte_buffer_done(&out);
	crash_free(&crash);
	return 0;
}

static void encode(void)
{
	json_decref(event);
	byte_buffer_clear(&out);
	assert_int_equal(event_encoder_encode(&out, crash, &known_host), 0);
	assert_true(out.size <= MAX_EVENT_BYTES);
	event = json_loadb(out.bytes, out.size, JSON_REJECT_DUPLICATES, NULL);
	assert_non_null(event);
}

static void assert_member(const char *key, const char *expected)
{
	char *text = json_dumps(json_object_get(event, key), JSON_COMPACT | JSON_ENCODE_ANY);

	if (!expected) {
		assert_null(text);
		return;
	}
	assert_non_null(text);
	assert_string_equal(text, expected);
	free(text);
}

static void says_who_and_what(void **state)
{
	(void)state;
	encode();
	assert_memory_equal(out.bytes, "{\"timestamp\":1767607212.716204,\"event_id\":",
			    strlen("{\"timestamp\":1767607212.716204,\"event_id\":"));
	assert_member("event_id", "\"" KNOWN_CRASH_ID "\"");
	assert_member("platform", "\"native\"");
	assert_member("level", "\"fatal\"");
	assert_member("logger", "\"limpet.crash\"");
	assert_member("server_name", "\"web-7\"");
	assert_member("release", "\"shop@1.2.3\"");
	assert_member("dist", "\"68220ae2c65d65c1\"");
	assert_member("environment", "\"staging\"");
	assert_member("transaction", "\"GET /orders/{id}\"");
	assert_member("sdk", "{\"name\":\"limpet\",\"version\":\"" LIMPET_VERSION "\"}");
	assert_member("request",
		      "{\"method\":\"GET\",\"url\":\"http://shop.local:8080/orders/17\"}");
	assert_member("fingerprint", NULL);
	assert_member("tags", "{\"process\":\"shop\",\"signal\":\"SIGSEGV\",\"service\":\"shop\","
			      "\"process.executable.name\":\"shop\",\"http.method\":\"GET\","
			      "\"http.route\":\"/orders/{id}\",\"server.address\":\"shop.local\","
			      "\"limpet.crash.kind\":\"signal\"}");
}

static void tags_what_the_crash_says(void **state)
{
	(void)state;
	crash_make_exit(crash, 3);
	crash->resource->service_name = (struct view){0};
	attribute_set_integer(&crash->attributes, &crash->arena, "limpet.crash.number", -7);
	attribute_set_boolean(&crash->attributes, &crash->arena, "limpet.crash.flag", true);
	attribute_set_double(&crash->attributes, &crash->arena, "limpet.crash.real", 0.5);
	attribute_set_string(&crash->attributes, &crash->arena, "limpet.crash.unit",
			     VIEW_LITERAL("shop\n.service"));
	encode();
	assert_member("tags", "{\"process\":\"shop\",\"process.executable.name\":\"shop\","
			      "\"limpet.crash.kind\":\"signal\",\"limpet.crash.number\":\"-7\","
			      "\"limpet.crash.flag\":\"true\",\"limpet.crash.unit\":"
			      "\"shop .service\"}");
	assert_member("level", "\"error\"");
	assert_member("transaction", NULL);
	assert_member("request", NULL);
	assert_member("threads", NULL);
	assert_member("debug_meta", NULL);
	assert_member("breadcrumbs", NULL);
}

static void names_threads(void **state)
{
	json_t *main_thread;

	(void)state;
	encode();
	main_thread =
		json_array_get(json_object_get(json_object_get(event, "threads"), "values"), 1);
	assert_non_null(json_object_get(main_thread, "stacktrace"));
	(void)json_object_del(main_thread, "stacktrace");
	assert_member("threads", "{\"values\":[{\"id\":4714,\"name\":\"worker-3\",\"crashed\":true,"
				 "\"current\":true,\"main\":false},{\"id\":4711,\"name\":\"shop\","
				 "\"crashed\":false,\"current\":false,\"main\":true}]}");
}

static void groups_as_told(void **state)
{
	struct view parts[] = {VIEW_LITERAL("SIGSEGV"), VIEW_LITERAL("shop+0x1139")};

	(void)state;
	crash->fingerprint = parts;
	crash->fingerprint_count = 2;
	encode();
	assert_member("fingerprint", "[\"SIGSEGV\",\"shop+0x1139\"]");
}

static size_t count_of(const char *key, const char *list)
{
	return json_array_size(json_object_get(json_object_get(event, key), list));
}

static size_t frames_of(const json_t *stacktrace)
{
	return json_array_size(json_object_get(stacktrace, "frames"));
}

static const json_t *first_exception(void)
{
	return json_array_get(json_object_get(json_object_get(event, "exception"), "values"), 0);
}

static const json_t *stack_of_thread(size_t i)
{
	return json_object_get(
		json_array_get(json_object_get(json_object_get(event, "threads"), "values"), i),
		"stacktrace");
}

/* 64 threads of 256 frames: those of the others get shorter, everything else stays. */
static void shortens_other_threads_first(void **state)
{
	(void)state;
	crash_make_huge(crash, 12);
	crash->images_count = 300;
	encode();
	assert_int_equal(frames_of(json_object_get(first_exception(), "stacktrace")), 256);
	assert_int_equal(count_of("debug_meta", "images"), 300);
	assert_int_equal(count_of("breadcrumbs", "values"), 100);
	assert_int_equal(count_of("threads", "values"), 64);
	assert_int_equal(frames_of(stack_of_thread(0)), 0);
	assert_int_equal(frames_of(stack_of_thread(1)), 32);
	assert_int_equal(frames_of(stack_of_thread(63)), 32);
}

static void never_cuts_the_crashed_thread(void **state)
{
	const size_t sizes[] = {40, 100, 300, 1000, 5000};

	(void)state;
	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		crash_free(&crash);
		crash = known_crash();
		crash_make_huge(crash, sizes[i]);
		encode();
		assert_int_equal(frames_of(json_object_get(first_exception(), "stacktrace")), 256);
		assert_true(count_of("threads", "values") > 0);
		assert_member("event_id", "\"" KNOWN_CRASH_ID "\"");
	}
	assert_int_equal(count_of("threads", "values"), 64);
	assert_int_equal(frames_of(stack_of_thread(1)), 0);
}

/* What is left when images and names take nearly all: first no other threads, then no breadcrumbs
 * but the last ones. */
static void spares_threads_before_breadcrumbs(void **state)
{
	struct attribute_list attributes = {0};

	(void)state;
	crash_make_huge(crash, 1000);
	attribute_set_string(&attributes, &crash->arena, "text", repeated_text(crash, 'x', 1140));
	for (uint32_t i = 0; i < crash->breadcrumbs_count; i++) {
		crash->breadcrumbs[i].message = VIEW_LITERAL("m");
		crash->breadcrumbs[i].attributes = attributes;
	}
	encode();
	assert_int_equal(count_of("threads", "values"), 9);
	assert_int_equal(count_of("breadcrumbs", "values"), 100);
	for (uint32_t i = 0; i < crash->breadcrumbs_count; i++)
		crash->breadcrumbs[i].message = repeated_text(crash, 'm', 1000);
	encode();
	assert_int_equal(count_of("threads", "values"), 1);
	assert_int_equal(count_of("breadcrumbs", "values"), 16);
}

static void survives_hostile_text(void **state)
{
	(void)state;
	crash_make_hostile(crash);
	encode();
	assert_int_equal(frames_of(json_object_get(first_exception(), "stacktrace")), 7);
}

static void use(enum sample_language language)
{
	crash_free(&crash);
	crash = known_exception(language);
	encode();
}

static void says_what_was_raised(void **state)
{
	(void)state;
	use(SAMPLE_PYTHON);
	assert_member("platform", "\"python\"");
	assert_member("level", "\"error\"");
	assert_member("logger", "\"app\"");
	assert_member("logentry", "{\"formatted\":\"Exception on /divide_by_zero [GET]\"}");
	assert_member("release", "\"shop@1.2.3\"");
	assert_member("dist", NULL);
	assert_member("debug_meta", NULL);
	assert_member("transaction", "\"GET /orders/{id}\"");
	assert_member("request",
		      "{\"method\":\"GET\",\"url\":\"http://shop.local:8080/orders/17\"}");
	assert_member("tags", "{\"process\":\"shop\",\"service\":\"shop\",\"http.method\":"
			      "\"GET\",\"http.route\":\"/orders/{id}\",\"server.address\":"
			      "\"shop.local\"}");
	assert_member("threads", "{\"values\":[{\"id\":4714,\"crashed\":false,\"current\":true,"
				 "\"main\":false}]}");
	assert_int_equal(count_of("exception", "values"), 2);
}

/* Of a script the interpreter's build says nothing; of a program that died, its own does. */
static void names_builds_of_programs_only(void **state)
{
	(void)state;
	use(SAMPLE_NODE);
	crash->resource->release = (struct view){0};
	encode();
	assert_member("platform", "\"node\"");
	assert_member("level", "\"fatal\"");
	assert_member("logger", "\"limpet.exception\"");
	assert_member("logentry", NULL);
	assert_member("release", NULL);
	assert_member("dist", NULL);
	use(SAMPLE_CPP);
	assert_member("platform", "\"native\"");
	assert_member("dist", "\"68220ae2c65d65c1\"");
	assert_int_equal(count_of("debug_meta", "images"), 3);
	assert_int_equal(count_of("threads", "values"), 2);
	assert_int_equal(frames_of(json_object_get(first_exception(), "stacktrace")), 7);
}

static void logs_only_what_is_new(void **state)
{
	(void)state;
	use(SAMPLE_PYTHON);
	crash->log_message = VIEW_LITERAL("division by zero");
	encode();
	assert_member("logentry", NULL);
	crash->log_message = VIEW_LITERAL("ZeroDivisionError");
	encode();
	assert_member("logentry", NULL);
	crash->log_message = VIEW_LITERAL("the division failed");
	encode();
	assert_member("logentry", "{\"formatted\":\"the division failed\"}");
	crash->level = LEVEL_WARNING;
	encode();
	assert_member("level", "\"warning\"");
}

static void fails_without_room(void **state)
{
	struct byte_buffer small;

	(void)state;
	encode();
	for (size_t size = 0; size < out.size; size += 97) {
		byte_buffer_init(&small, size);
		assert_int_equal(event_encoder_encode(&small, crash, &known_host), -12);
		byte_buffer_done(&small);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(says_who_and_what, set_up, tear_down),
		cmocka_unit_test_setup_teardown(tags_what_the_crash_says, set_up, tear_down),
		cmocka_unit_test_setup_teardown(names_threads, set_up, tear_down),
		cmocka_unit_test_setup_teardown(groups_as_told, set_up, tear_down),
		cmocka_unit_test_setup_teardown(shortens_other_threads_first, set_up, tear_down),
		cmocka_unit_test_setup_teardown(never_cuts_the_crashed_thread, set_up, tear_down),
		cmocka_unit_test_setup_teardown(spares_threads_before_breadcrumbs, set_up,
						tear_down),
		cmocka_unit_test_setup_teardown(survives_hostile_text, set_up, tear_down),
		cmocka_unit_test_setup_teardown(says_what_was_raised, set_up, tear_down),
		cmocka_unit_test_setup_teardown(names_builds_of_programs_only, set_up, tear_down),
		cmocka_unit_test_setup_teardown(logs_only_what_is_new, set_up, tear_down),
		cmocka_unit_test_setup_teardown(fails_without_room, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
