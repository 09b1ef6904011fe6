/* Threads of crashes, of exceptions and of reports. */
#include "exporters/sentry/event_threads.h"

#include <jansson.h>
#include "cmocka_test.h"
#include "sample_exception.h"

static json_t *encode(const struct crash *crash, struct thread_limits limits)
{
	struct byte_buffer out;
	json_t *threads;

	byte_buffer_init(&out, 1 << 20);
	event_threads_append(&out, crash, "x86_64", limits, 1 << 20);
	threads = json_loadb(out.bytes, out.size, JSON_REJECT_DUPLICATES, NULL);
	assert_non_null(threads);
	byte_buffer_done(&out);
	return threads;
}

static void assert_json(json_t *value, const char *expected)
{
	char *text = json_dumps(value, JSON_COMPACT);

	assert_string_equal(text, expected);
	free(text);
	json_decref(value);
}

static void goroutines(void **state)
{
	struct crash *crash = known_exception(SAMPLE_GO);

	(void)state;
	assert_true(event_threads_are_known(crash));
	assert_json(encode(crash, (struct thread_limits){8, 8}),
		    "[{\"id\":4714,\"name\":\"goroutine 34\",\"crashed\":true,\"current\":true,"
		    "\"main\":false},{\"id\":1,\"name\":\"goroutine 1\",\"crashed\":false,"
		    "\"current\":false,\"main\":false,\"state\":\"IO wait, 2 minutes\","
		    "\"stacktrace\":{\"frames\":[{\"filename\":"
		    "\"/usr/lib/go/src/runtime/netpoll.go\",\"abs_path\":"
		    "\"/usr/lib/go/src/runtime/netpoll.go\",\"module\":\"runtime\",\"function\":"
		    "\"netpollblock\",\"lineno\":573,\"in_app\":false}]}},{\"id\":"
		    "\"goroutine 4714\",\"name\":\"janitor\",\"crashed\":false,\"current\":false,"
		    "\"main\":false}]");
	assert_json(encode(crash, (struct thread_limits){0, 1}),
		    "[{\"id\":4714,\"name\":\"goroutine 34\",\"crashed\":true,\"current\":true,"
		    "\"main\":false},{\"id\":1,\"name\":\"goroutine 1\",\"crashed\":false,"
		    "\"current\":false,\"main\":false,\"state\":\"IO wait, 2 minutes\"}]");
	crash_free(&crash);
}

/* Not fatal: nothing crashed. */
static void a_thread_that_lives_on(void **state)
{
	struct crash *crash = known_exception(SAMPLE_JAVA);

	(void)state;
	assert_json(encode(crash, (struct thread_limits){8, 8}),
		    "[{\"id\":4714,\"name\":\"worker-1\",\"crashed\":false,\"current\":true,"
		    "\"main\":false}]");
	crash->tid = crash->pid;
	crash->exception_thread_name = (struct view){0};
	assert_json(encode(crash, (struct thread_limits){8, 8}),
		    "[{\"id\":4711,\"crashed\":false,\"current\":true,\"main\":true}]");
	crash->tid = 0;
	assert_false(event_threads_are_known(crash));
	assert_json(encode(crash, (struct thread_limits){8, 8}), "[]");
	crash_free(&crash);
}

/* The thread may be known by the kernel's name, or only by its id. */
static void a_thread_without_a_stack(void **state)
{
	struct crash *crash = known_exception(SAMPLE_GO);
	struct crash_thread thread = {
		.tid = 4714, .name = VIEW_LITERAL("shop"), .is_crashed = true};

	(void)state;
	crash->exception_threads_count = 0;
	crash->threads = &thread;
	crash->threads_count = 1;
	assert_json(encode(crash, (struct thread_limits){8, 8}),
		    "[{\"id\":4714,\"name\":\"goroutine 34\",\"crashed\":true,\"current\":true,"
		    "\"main\":false}]");
	crash->exception_thread_id = 0;
	assert_json(encode(crash, (struct thread_limits){8, 8}),
		    "[{\"id\":4714,\"name\":\"shop\",\"crashed\":true,\"current\":true,"
		    "\"main\":false}]");
	crash_free(&crash);
}

static size_t has_stack(const json_t *threads, size_t index)
{
	return json_object_get(json_array_get(threads, index), "stacktrace") != NULL;
}

/* The crashed thread's stack stands where nothing else shows it. */
static void stack_of_the_crashed_one(void **state)
{
	struct crash *crash = known_exception(SAMPLE_CPP);
	json_t *threads = encode(crash, (struct thread_limits){8, 8});

	(void)state;
	assert_int_equal(json_array_size(threads), 2);
	assert_false(has_stack(threads, 0));
	assert_true(has_stack(threads, 1));
	json_decref(threads);
	sample_frame(&crash->exceptions[0], true, "f", "f.cc", 1);
	threads = encode(crash, (struct thread_limits){8, 8});
	assert_true(has_stack(threads, 0));
	json_decref(threads);
	crash_free(&crash);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(goroutines),
		cmocka_unit_test(a_thread_that_lives_on),
		cmocka_unit_test(a_thread_without_a_stack),
		cmocka_unit_test(stack_of_the_crashed_one),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
