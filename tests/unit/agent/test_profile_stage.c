/* The stage's settings, and what it is without them: nothing, harmlessly. */
#include "profile_stage.h"

#include <errno.h>
#include "cmocka_test.h"
#include "base/log.h"

static struct drops drops;

static int make(enum settings_command command, uint64_t frequency_hz, bool has_crashes,
		struct profile_stage **ret)
{
	struct settings settings = {.command = command,
				    .profile.frequency_hz = frequency_hz,
				    .crash.enabled = has_crashes};
	struct profile_stage_ground ground = {.settings = &settings, .drops = &drops};

	*ret = (void *)1;
	return profile_stage_new(ret, &ground);
}

static void not_wanted(void **state)
{
	struct profile_stage *stage;
	struct event event = {.kind = RECORD_PROCESS_EXIT};

	(void)state;
	assert_int_equal(make(COMMAND_ATTACH, 0, true, &stage), 0);
	assert_null(stage);
	profile_stage_take_sample(stage, (struct view){0});
	profile_stage_before(stage, &event);
	profile_stage_take(stage, &event);
	profile_stage_tick(stage, 1);
	profile_stage_set_unix_offset(stage, 1);
	profile_stage_end_samples(stage);
	profile_stage_finish(stage);
	profile_stage_print(stage);
	assert_int_equal(profile_stage_fd(stage), -1);
	profile_stage_free(&stage);
}

static void what_cannot_be(void **state)
{
	struct profile_stage *stage;

	(void)state;
	log_set_level(LOG_LEVEL_ERROR);
	assert_int_equal(make(COMMAND_AGENT, 99, true, &stage), -EINVAL);
	assert_null(stage);
	assert_int_equal(make(COMMAND_RUN, 99, false, &stage), -EINVAL);
	assert_null(stage);
	assert_int_equal(make(COMMAND_AGENT, 0, true, &stage), 0);
	assert_null(stage);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(not_wanted),
		cmocka_unit_test(what_cannot_be),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
