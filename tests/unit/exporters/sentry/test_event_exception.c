/* The exception: type, cause and mechanism of every kind of crash. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "exporters/sentry/event_exception.h"
#include "crash_variants.h"

static struct crash *crash;

static int set_up(void **state)
{
	(void)state;
	crash = known_crash();
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	crash_free(&crash);
	return 0;
}

/* Without its stack, which has tests of its own. */
static void assert_exception(bool has_stack, const char *expected)
{
	const struct stacktrace_limits limits = {.max_frames = 500, .max_name_characters = 100};
	json_t *exception = event_exception_encode(crash, "x86_64", limits);
	json_t *value = json_array_get(json_object_get(exception, "values"), 0);
	char *text;

	assert_int_equal(json_array_size(json_object_get(exception, "values")), 1);
	assert_int_equal(json_object_get(value, "stacktrace") != NULL, has_stack);
	(void)json_object_del(value, "stacktrace");
	text = json_dumps(value, JSON_COMPACT);
	assert_string_equal(text, expected);
	free(text);
	json_decref(exception);
}

static void is_a_signal(void **state)
{
	(void)state;
	assert_exception(true,
			 "{\"type\":\"SIGSEGV\",\"value\":\"null pointer dereference at address "
			 "0x8\",\"thread_id\":4714,\"mechanism\":{\"type\":\"signalhandler\","
			 "\"synthetic\":true,\"handled\":false,\"meta\":{\"signal\":{\"number\":11,"
			 "\"code\":1,\"name\":\"SIGSEGV\",\"code_name\":\"SEGV_MAPERR\"}},\"data\":"
			 "{\"relevant_address\":\"0x8\"}}}");
}

static void is_a_fault(void **state)
{
	(void)state;
	crash->kind = CRASH_FAULT;
	crash->exit_status = 70;
	crash->code_name = NULL;
	crash->type = (struct view){0};
	assert_exception(true,
			 "{\"type\":\"SIGSEGV\",\"value\":\"null pointer dereference at address "
			 "0x8\",\"thread_id\":4714,\"mechanism\":{\"type\":\"signalhandler\","
			 "\"synthetic\":true,\"handled\":false,\"meta\":{\"signal\":{\"number\":11,"
			 "\"code\":1,\"name\":\"SIGSEGV\"}},\"data\":"
			 "{\"relevant_address\":\"0x8\",\"exit_status\":70}}}");
}

static void is_a_kill(void **state)
{
	(void)state;
	crash_make_killed(crash);
	assert_exception(false, "{\"type\":\"SIGKILL\",\"value\":\"killed by process 812 (bash)\","
				"\"mechanism\":{\"type\":\"signalhandler\",\"synthetic\":false,"
				"\"handled\":false,\"meta\":{\"signal\":{\"number\":9,\"code\":0,"
				"\"name\":\"SIGKILL\",\"code_name\":\"SI_USER\"}},\"data\":"
				"{\"sender_pid\":812,\"sender_uid\":0,\"sender_name\":\"bash\"}}}");
	crash_make_oom_kill(crash);
	assert_exception(false, "{\"type\":\"OOMKill\",\"value\":\"killed because memory was out: "
				"256 MiB of 256 MiB\",\"mechanism\":{\"type\":\"signalhandler\","
				"\"synthetic\":false,\"handled\":false,\"meta\":{\"signal\":"
				"{\"number\":9,\"code\":128,\"name\":\"SIGKILL\",\"code_name\":"
				"\"SI_KERNEL\"}}}}");
}

static void is_an_exit(void **state)
{
	(void)state;
	crash_make_exit(crash, 3);
	assert_exception(false, "{\"type\":\"ExitStatus\",\"value\":\"exited with status 3\","
				"\"mechanism\":{\"type\":\"generic\",\"synthetic\":false,"
				"\"handled\":false,\"data\":{\"exit_status\":3}}}");
	crash->type = (struct view){0};
	crash->cause = (struct view){0};
	assert_exception(false, "{\"type\":\"exit\",\"mechanism\":{\"type\":\"generic\","
				"\"synthetic\":false,\"handled\":false,\"data\":"
				"{\"exit_status\":3}}}");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(is_a_signal, set_up, tear_down),
		cmocka_unit_test_setup_teardown(is_a_fault, set_up, tear_down),
		cmocka_unit_test_setup_teardown(is_a_kill, set_up, tear_down),
		cmocka_unit_test_setup_teardown(is_an_exit, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
