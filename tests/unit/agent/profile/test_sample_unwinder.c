/* Samples of one process go together, when it is time, when it changes, when they are many; what is
 * too much comes back at once. */
#include "profile/sample_unwinder.h"

#include <poll.h>
#include "cmocka_test.h"
#include "base/clock.h"
#include "own_samples.h"

static struct drops drops;
static struct image_table *images;
static struct sample_unwinder *unwinder;
static struct own_sample own;
static uint32_t unwound_count, failed_count;

static void on_unwound(void *self, const struct sample *sample,
		       const struct unwound_sample *unwound)
{
	(void)self;
	/* The memory of the stack is gone by now, whatever came of it. */
	assert_int_equal(sample->pages_count, unwound || failed_count ? 0 : sample->pages_count);
	if (!unwound) {
		failed_count++;
		return;
	}
	unwound_count++;
	assert_true(unwound->frames_count >= 1);
	assert_true(unwound->frames[0].image < unwound->images->images_count);
}

static int begin(void **state)
{
	struct sample_unwinder_settings settings = {.on_unwound = on_unwound};

	(void)state;
	memset(&drops, 0, sizeof(drops));
	unwound_count = failed_count = 0;
	images = own_samples_images(&drops);
	settings.images = images;
	own_samples_take(&own, 1, 1000);
	return sample_unwinder_new(&unwinder, &settings, &drops);
}

static int end(void **state)
{
	(void)state;
	sample_unwinder_free(&unwinder);
	assert_null(unwinder);
	image_table_free(&images);
	return 0;
}

static void take(uint32_t tgid)
{
	struct sample *sample = sample_new();

	assert_non_null(sample);
	sample->record = own.record;
	sample->record.tgid = tgid;
	for (uint32_t i = 0; i < own.record.pages_copied; i++)
		assert_true(sample_add_page(sample, &own.pages[i]));
	sample_unwinder_take(unwinder, &sample);
	assert_null(sample);
}

static void await(uint32_t count)
{
	uint64_t until_ns = clock_monotonic_ns() + 20 * NS_PER_S;

	while (unwound_count < count && clock_monotonic_ns() < until_ns) {
		struct pollfd ready = {.fd = sample_unwinder_fd(unwinder), .events = POLLIN};

		sample_unwinder_tick(unwinder, 0);
		(void)poll(&ready, 1, 20);
	}
	assert_int_equal(unwound_count, count);
}

static void when_it_is_time(void **state)
{
	uint64_t now_ns = clock_monotonic_ns();

	(void)state;
	take((uint32_t)getpid());
	take((uint32_t)getpid());
	sample_unwinder_tick(unwinder, now_ns);
	assert_int_equal(unwound_count, 0);
	sample_unwinder_tick(unwinder, now_ns + NS_PER_S);
	await(2);
	assert_int_equal(failed_count, 0);
}

static void when_its_process_changes(void **state)
{
	(void)state;
	for (uint64_t i = 1; i <= 3; i++) {
		own.record.header.time_ns = i * NS_PER_S;
		take((uint32_t)getpid());
	}
	sample_unwinder_flush(unwinder, 1, 9 * NS_PER_S); /* another */
	sample_unwinder_flush(unwinder, (uint32_t)getpid(), 3 * NS_PER_S);
	await(2);
	assert_int_equal(unwound_count, 2);
	sample_unwinder_flush(unwinder, (uint32_t)getpid(), 3 * NS_PER_S); /* it is of after that */
	assert_int_equal(unwound_count, 2);
	sample_unwinder_flush(unwinder, (uint32_t)getpid(), 4 * NS_PER_S);
	await(3);
	assert_int_equal(failed_count, 0);
}

static void when_they_are_many(void **state)
{
	(void)state;
	for (uint32_t i = 0; i < MAX_CRASH_THREADS + 1; i++)
		take((uint32_t)getpid());
	await(MAX_CRASH_THREADS);
	sample_unwinder_finish(unwinder, clock_monotonic_ns() + 20 * NS_PER_S);
	assert_int_equal(unwound_count, MAX_CRASH_THREADS + 1);
}

/* Nobody waits for the child: what it has no place for comes back. */
static void too_many(void **state)
{
	(void)state;
	own.record.pages_copied = 1;
	for (uint32_t i = 0; i < 70; i++) {
		take((uint32_t)getpid());
		sample_unwinder_flush(unwinder, (uint32_t)getpid(), UINT64_MAX);
	}
	assert_int_equal(failed_count, 6);
	assert_int_equal(drops_get(&drops, DROP_PROFILE_BACKLOG), 6);
	sample_unwinder_finish(unwinder, clock_monotonic_ns() + 20 * NS_PER_S);
	assert_int_equal(unwound_count, 64);
}

static void nobody_waits_longer_than_said(void **state)
{
	(void)state;
	take((uint32_t)getpid());
	sample_unwinder_finish(unwinder, 0);
	assert_int_equal(unwound_count + failed_count, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(when_it_is_time, begin, end),
		cmocka_unit_test_setup_teardown(when_its_process_changes, begin, end),
		cmocka_unit_test_setup_teardown(when_they_are_many, begin, end),
		cmocka_unit_test_setup_teardown(too_many, begin, end),
		cmocka_unit_test_setup_teardown(nobody_waits_longer_than_said, begin, end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
