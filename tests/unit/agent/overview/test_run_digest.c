/* The digest of a run: errors by type and place, whatever their addresses; profiles as one. */
#include "overview/run_digest.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include "sample_crash.h"
#include "sample_exception.h"
#include "sample_profile.h"

static uint64_t count_of(const struct run_digest *digest, const char *text, bool is_crash)
{
	struct digest_error_key key = {.is_crash = is_crash};
	const struct digest_error *error;

	(void)strncpy(key.text, text, sizeof(key.text) - 1);
	error = hash_map_find(digest->errors, &key);
	return error ? error->count : 0;
}

static void test_errors(void **state)
{
	struct crash *crash = sample_crash(1000), *exception = sample_exception(2000);
	struct run_digest *digest = NULL;
	const struct digest_error_key *key;
	void *cursor = NULL;

	(void)state;
	assert_int_equal(run_digest_new(&digest), 0);
	run_digest_add_crash(digest, crash);
	run_digest_add_crash(digest, crash);
	run_digest_add_crash(digest, exception);
	assert_int_equal(digest->crashes, 2);
	assert_int_equal(digest->exceptions, 1);
	assert_int_equal(hash_map_count(digest->errors), 2);
	key = hash_map_key(digest->errors, hash_map_next(digest->errors, &cursor));
	assert_int_equal(count_of(digest, key->text, true), 2);
	assert_memory_equal(key->text, "SIGSEGV in ", 11);
	key = hash_map_key(digest->errors, hash_map_next(digest->errors, &cursor));
	assert_int_equal(count_of(digest, key->text, false), 1);
	assert_non_null(strstr(key->text, " in "));
	assert_false(digest->has_lost);
	crash_free(&crash);
	crash_free(&exception);
	run_digest_free(&digest);
	assert_null(digest);
}

static void test_an_error_without_a_place(void **state)
{
	struct crash *crash = sample_crash(1000);
	struct run_digest *digest = NULL;

	(void)state;
	assert_int_equal(run_digest_new(&digest), 0);
	crash->threads_count = 0;
	crash->type = (struct view){0};
	crash->kind = CRASH_OOM_KILL;
	run_digest_add_crash(digest, crash);
	assert_int_equal(count_of(digest, "oom_kill", true), 1);
	crash_free(&crash);
	run_digest_free(&digest);
}

static void test_long_names_are_cut(void **state)
{
	static char name[1000];
	struct crash *crash = sample_crash(1000);
	struct run_digest *digest = NULL;

	(void)state;
	memset(name, 'x', sizeof(name));
	assert_int_equal(run_digest_new(&digest), 0);
	crash->type = view_of(name, sizeof(name));
	for (uint32_t i = 0; i < crash->threads[crash->crashed_thread].frames_count; i++)
		crash->threads[crash->crashed_thread].frames[i].function = crash->type;
	run_digest_add_crash(digest, crash);
	assert_int_equal(hash_map_count(digest->errors), 1);
	crash_free(&crash);
	run_digest_free(&digest);
}

static void test_segments_and_profiles(void **state)
{
	struct profile *profile = sample_profile_new(NULL);
	struct segment *segment = sample_segment(1000);
	struct run_digest *digest = NULL;

	(void)state;
	assert_int_equal(run_digest_new(&digest), 0);
	assert_null(digest->profile);
	run_digest_add_segment(digest, segment);
	run_digest_add_profile(digest, profile);
	run_digest_add_profile(digest, profile);
	assert_int_equal(digest->operations.spans, 3);
	assert_int_equal(digest->profile->samples_count, 28);
	segment_free(&segment);
	profile_free(&profile);
	run_digest_free(&digest);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_errors),
		cmocka_unit_test(test_an_error_without_a_place),
		cmocka_unit_test(test_long_names_are_cut),
		cmocka_unit_test(test_segments_and_profiles),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
