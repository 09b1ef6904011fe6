/* Where a full screen can be: on a pseudo terminal that is known, and nowhere else. */
#include "cmocka_test.h"

#include <fcntl.h>
#include <unistd.h>
#include "screen/screen_capability.h"

static void places(void **state)
{
	int master = posix_openpt(O_RDWR | O_NOCTTY), slave, other[2];

	(void)state;
	assert_true(master >= 0 && grantpt(master) == 0 && unlockpt(master) == 0);
	slave = open(ptsname(master), O_RDWR | O_NOCTTY);
	assert_true(slave >= 0 && pipe(other) == 0);
	(void)setenv("TERM", "xterm-256color", 1);
	assert_true(screen_capability_is_there(slave, slave));
	assert_true(screen_capability_is_there(slave, slave)); /* nothing is left of the first */
	assert_false(screen_capability_is_there(slave, other[1]));
	assert_false(screen_capability_is_there(other[0], slave));
	(void)setenv("TERM", "dumb", 1);
	assert_false(screen_capability_is_there(slave, slave));
	(void)setenv("TERM", "no-such-terminal", 1);
	assert_false(screen_capability_is_there(slave, slave));
	(void)setenv("TERM", "", 1);
	assert_false(screen_capability_is_there(slave, slave));
	(void)unsetenv("TERM");
	assert_false(screen_capability_is_there(slave, slave));
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(places),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
