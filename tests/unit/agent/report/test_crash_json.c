/* A crash and an exception as their objects: what a person reads of them, bounded whatever they
 * hold. */
#include "cmocka_test.h"

#include <errno.h>
#include "hostile_names.h"
#include "parsed_json.h"
#include "report/crash_json.h"
#include "sample_crash.h"
#include "sample_exception.h"

static struct byte_buffer buffer;

static int begin(void **state)
{
	(void)state;
	byte_buffer_init(&buffer, 1 << 20);
	return 0;
}

static int end(void **state)
{
	(void)state;
	byte_buffer_done(&buffer);
	return 0;
}

static json_t *write_crash(struct crash *crash, size_t max_bytes)
{
	assert_int_equal(crash_json_append(&buffer, crash, max_bytes), 0);
	assert_true(buffer.size <= max_bytes);
	crash_free(&crash);
	return parsed_json(&buffer);
}

static void a_crash(void **state)
{
	json_t *root = write_crash(known_crash(), MAX_CRASH_JSON_BYTES), *thread, *crumb;

	(void)state;
	assert_string_equal(text_at(root, "kind"), "signal");
	assert_string_equal(text_at(root, "level"), "fatal");
	assert_string_equal(text_at(root, "type"), "SIGSEGV");
	assert_string_equal(text_at(root, "cause"), "null pointer dereference at address 0x8");
	assert_string_equal(text_at(root, "unix_ns"), "1767607212716204999");
	assert_string_equal(text_at(root, "signal"), "SIGSEGV");
	assert_string_equal(text_at(root, "code"), "SEGV_MAPERR");
	assert_string_equal(text_at(root, "fault_address"), "0x8");
	assert_string_equal(text_at(root, "trace_id"), KNOWN_CRASH_TRACE_ID);
	assert_string_equal(text_at(root, "request"), "GET /orders/{id}");
	assert_string_equal(text_at(root, "request_path"), "/orders/17");
	assert_int_equal(number_at(root, "pid"), 4711);
	assert_int_equal(number_at(root, "tid"), 4714);
	assert_int_equal(number_at(root, "suppressed"), 3);
	thread = json_array_get(json_at(root, "raising_thread"), 0);
	assert_int_equal(number_at(thread, "tid"), 4714);
	assert_true(json_is_true(json_at(thread, "is_crashed")));
	assert_int_equal(json_array_size(json_at(root, "threads")), 1);
	assert_int_equal(number_at(root, "threads_count"), 2);
	assert_int_equal(json_array_size(json_at(root, "breadcrumbs")), 4);
	crumb = json_array_get(json_at(root, "breadcrumbs"), 0); /* the latest first */
	assert_string_equal(text_at(crumb, "message"), "tax service is gone, guessing");
	assert_int_equal(number_at(crumb, "before"), 1000000);
	crumb = json_array_get(json_at(root, "breadcrumbs"), 1);
	assert_true(json_is_true(json_at(crumb, "is_error")));
	json_decref(root);
}

static void an_exception(void **state)
{
	json_t *root = write_crash(sample_exception(5000), MAX_CRASH_JSON_BYTES), *raised, *frame;

	(void)state;
	assert_string_equal(text_at(root, "kind"), "exception");
	assert_string_equal(text_at(root, "language"), "python");
	raised = json_array_get(json_at(root, "exceptions"), 0);
	assert_string_equal(text_at(raised, "type"), "ZeroDivisionError");
	assert_string_equal(text_at(raised, "value"), "division by zero");
	assert_string_equal(text_at(raised, "relation"), "raised");
	frame = json_array_get(json_at(raised, "frames"), 0);
	assert_string_equal(text_at(frame, "source"), "return 1 / rate()");
	assert_true(json_is_true(json_at(frame, "is_in_app")));
	json_decref(root);
}

/* However little room: an object, with what has none counted. */
static void in_little_room(void **state)
{
	const struct view *names;
	size_t count = hostile_names(&names);

	for (size_t i = 0; i < count; i++)
		for (size_t max = MIN_CRASH_JSON_BYTES; max <= MAX_CRASH_JSON_BYTES; max *= 2) {
			struct crash *crash = sample_crash(1000000000);
			json_t *root;

			crash->type = crash->cause = crash->process_name = names[i];
			crash->trace.transaction = crash->sender_name = names[i];
			crash->resource->service_name = names[i];
			for (uint32_t t = 0; t < crash->threads_count; t++) {
				crash->threads[t].name = names[i];
				for (uint32_t f = 0; f < crash->threads[t].frames_count; f++)
					crash->threads[t].frames[f].function =
						crash->threads[t].frames[f].file = names[i];
			}
			for (uint32_t b = 0; b < crash->breadcrumbs_count; b++)
				crash->breadcrumbs[b].message = names[i];
			root = write_crash(crash, max);
			assert_int_equal(json_array_size(json_at(root, "breadcrumbs")) +
						 (size_t)number_at(root, "breadcrumbs_left_out"),
					 4);
			json_decref(root);
			(void)end(state);
			(void)begin(state);
		}
}

static void many_breadcrumbs(void **state)
{
	struct crash *crash = sample_crash(1000000000);
	struct breadcrumb crumbs[MAX_CRASH_BREADCRUMBS];
	static char long_words[150];
	json_t *root;
	size_t shown;

	(void)state;
	memset(long_words, 'a', sizeof(long_words));
	for (int i = 0; i < MAX_CRASH_BREADCRUMBS; i++)
		crumbs[i] = (struct breadcrumb){.message = view_of(long_words, 150),
						.category = VIEW_LITERAL("stderr")};
	crash->breadcrumbs = crumbs;
	crash->breadcrumbs_count = MAX_CRASH_BREADCRUMBS;
	root = write_crash(crash, MIN_CRASH_JSON_BYTES);
	shown = json_array_size(json_at(root, "breadcrumbs"));
	assert_in_range(shown, 20, MAX_CRASH_BREADCRUMBS - 1);
	assert_int_equal(number_at(root, "breadcrumbs_left_out"), MAX_CRASH_BREADCRUMBS - shown);
	json_decref(root);
}

static void no_room(void **state)
{
	struct crash *crash = known_crash();

	(void)state;
	byte_buffer_done(&buffer);
	byte_buffer_init(&buffer, 200);
	assert_int_equal(crash_json_append(&buffer, crash, MIN_CRASH_JSON_BYTES), -ENOBUFS);
	crash_free(&crash);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_crash, begin, end),
		cmocka_unit_test_setup_teardown(an_exception, begin, end),
		cmocka_unit_test_setup_teardown(in_little_room, begin, end),
		cmocka_unit_test_setup_teardown(many_breadcrumbs, begin, end),
		cmocka_unit_test_setup_teardown(no_room, begin, end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
