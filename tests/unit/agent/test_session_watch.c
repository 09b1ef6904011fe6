/* A session that nobody watches has nothing to say, and measures nothing. */
#include "cmocka_test.h"

#include <unistd.h>
#include "base/clock.h"
#include "captured_output.h"
#include "session_watch.h"

static struct captured_output said;

static void nobody_asked(void **state)
{
	struct settings settings = {.command = COMMAND_ATTACH};
	struct drops drops = {0};
	struct session_watch_ground ground = {&settings, NULL, &drops, NULL, NULL};
	struct session_watch *watch;

	(void)state;
	captured_output_begin(&said, STDERR_FILENO);
	assert_int_equal(session_watch_new(&watch, &ground), 0);
	session_watch_begin(watch, "PID 1");
	session_watch_turn(watch, clock_monotonic_ns(), 1);
	session_watch_linger(watch, NULL);
	session_watch_say(watch);
	session_watch_free(&watch);
	session_watch_begin(NULL, "PID 1");
	session_watch_turn(NULL, 0, 0);
	session_watch_linger(NULL, NULL);
	session_watch_say(NULL);
	assert_string_equal(captured_output_end(&said), "");
	assert_int_equal(drops_lost(&drops), 0);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(nobody_asked),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
