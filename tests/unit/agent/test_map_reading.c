/* Whose maps become records: this process's own, if somebody wants images and it is traced. */
#include "map_reading.h"

#include <unistd.h>
#include "capture/event_decoder.h"
#include "cmocka_test.h"
#include "discovery_stage.h"

static char ground; /* what stands for the pipeline */
static bool has_images, is_traced;
static unsigned int begins_count, mapped_count, asked_count, others_count;
static bool has_seen_us; /* the code of this very function */

bool pipeline_has_images(const struct pipeline *pipeline)
{
	assert_ptr_equal(pipeline, &ground);
	return has_images;
}

struct discovery_stage *pipeline_discovery(struct pipeline *pipeline)
{
	assert_ptr_equal(pipeline, &ground);
	return (void *)&has_images;
}

bool discovery_stage_traces(struct discovery_stage *stage, pid_t tgid)
{
	assert_ptr_equal(stage, &has_images);
	asked_count++;
	return is_traced && tgid == getpid();
}

void pipeline_take_record(struct pipeline *pipeline, struct view bytes)
{
	struct event event;

	assert_ptr_equal(pipeline, &ground);
	assert_int_equal(event_decoder_decode(bytes, &event), 0);
	assert_int_equal(event.kind, RECORD_IMAGE);
	begins_count += event.image->action == IMAGE_EXEC;
	mapped_count += event.image->action == IMAGE_MAPPED;
	others_count += event.image->tgid != (uint32_t)getpid();
	has_seen_us |= event.image->action == IMAGE_MAPPED &&
		       (uintptr_t)pipeline_take_record >= event.image->start &&
		       (uintptr_t)pipeline_take_record < event.image->end;
}

static int begin(void **state)
{
	(void)state;
	has_images = is_traced = true;
	has_seen_us = false;
	begins_count = mapped_count = asked_count = others_count = 0;
	return 0;
}

static void one(void **state)
{
	(void)state;
	map_reading_one((void *)&ground, getpid());
	assert_int_equal(begins_count, 1);
	assert_true(mapped_count > 2);
	assert_true(has_seen_us);
	assert_int_equal(others_count, 0);
	map_reading_one((void *)&ground, -7); /* there is none */
	assert_int_equal(begins_count, 1);
}

static void all_that_are_traced(void **state)
{
	(void)state;
	map_reading_all((void *)&ground);
	assert_true(asked_count > 1);
	assert_int_equal(begins_count, 1);
	assert_int_equal(others_count, 0);
	assert_true(has_seen_us);
	begin(NULL);
	is_traced = false;
	map_reading_all((void *)&ground);
	assert_int_equal(begins_count + mapped_count, 0);
}

static void nobody_wants_images(void **state)
{
	(void)state;
	has_images = false;
	map_reading_one((void *)&ground, getpid());
	map_reading_all((void *)&ground);
	assert_int_equal(begins_count + mapped_count + asked_count, 0);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(one, begin),
		cmocka_unit_test_setup(all_that_are_traced, begin),
		cmocka_unit_test_setup(nobody_wants_images, begin),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
