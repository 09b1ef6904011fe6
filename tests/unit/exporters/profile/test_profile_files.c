/* The files of a run: all profiles that came as one, each format in its file, sums alike. */
#include "exporters/profile/profile_files.h"

#include <stdlib.h>
#include <unistd.h>
#include "captured_output.h"
#include "exporters/exporter.h"
#include "sample_profile.h"
#include "sample_segment.h"

static char folder[64], folded[96], pprof[96], speedscope[96], error[512];

static int begin(void **state)
{
	(void)state;
	(void)strcpy(folder, "/tmp/limpet-test-profile-XXXXXX");
	assert_non_null(mkdtemp(folder));
	(void)sprintf(folded, "%s/a.folded", folder);
	(void)sprintf(pprof, "%s/a.pb.gz", folder);
	(void)sprintf(speedscope, "%s/a.json", folder);
	return 0;
}

static int end(void **state)
{
	(void)state;
	(void)unlink(folded);
	(void)unlink(pprof);
	(void)unlink(speedscope);
	return rmdir(folder); /* fails when something was left */
}

static void export_profile(struct exporter *exporter, uint64_t lost)
{
	struct resource *resource = sample_resource();
	struct profile *profile = sample_profile_new(resource);
	struct item *item;
	struct batch batch = {.kind = ITEM_PROFILE, .items = &item, .count = 1};
	struct export_result result;

	resource_release(&resource);
	profile_count_loss(profile, PROFILE_LOST_RING, lost);
	assert_int_equal(item_new_profile(&item, &profile), 0);
	exporter->ops->export(exporter, &batch, &result);
	assert_int_equal(result.outcome, EXPORT_SENT);
	assert_int_equal(result.rejected_count, 0);
	item_release(&item);
}

static const char *content(const char *path)
{
	static char text[4096];
	FILE *file = fopen(path, "r");

	if (!file)
		return "none";
	text[fread(text, 1, sizeof(text) - 1, file)] = '\0';
	assert_int_equal(fclose(file), 0);
	return text;
}

static void test_all_formats(void **state)
{
	const struct profile_files_settings settings = {
		.folded = folded, .pprof = pprof, .speedscope = speedscope};
	static struct captured_output output;
	struct exporter *exporter;
	const char *said;

	(void)state;
	assert_true(profile_files_is_wanted(&settings));
	assert_int_equal(profile_files_new(&exporter, &settings, error, sizeof(error)), 0);
	assert_int_equal(exporter->ops->wanted_kinds, ITEM_BIT(ITEM_PROFILE));
	export_profile(exporter, 0);
	export_profile(exporter, 3);
	assert_string_equal(content(folded), "none");
	captured_output_begin(&output, STDERR_FILENO);
	exporter->ops->close(&exporter);
	said = captured_output_end(&output);
	assert_null(exporter);
	assert_non_null(strstr(said, "profile: 3 of 31 samples were lost: shares of time may be"));
	assert_non_null(strstr(said, folded));
	assert_string_equal(content(folded), "main;[off-CPU];main;handle;futex_wait_[k] 10\n"
					     "main;main;LazyCompile:*f_[j] 2\n"
					     "main;main;app+0x1f4 6\n"
					     "main;main;handle;parse 14\n"
					     "main;main;handle;parse;ksys_read_[k] 4\n");
	assert_memory_equal(content(pprof), "\x1f\x8b", 2);
	assert_memory_equal(content(speedscope), "{\"$schema\":", 11);
}

static void test_nothing_sampled(void **state)
{
	const struct profile_files_settings settings = {.folded = folded};
	struct exporter *exporter;

	(void)state;
	assert_int_equal(profile_files_new(&exporter, &settings, error, sizeof(error)), 0);
	exporter->ops->close(&exporter);
	assert_string_equal(content(folded), "none");
}

static void test_refused(void **state)
{
	const struct profile_files_settings nothing = {.has_requests = true};
	const struct profile_files_settings settings = {.pprof = "/nonexistent/p"};
	struct exporter *exporter;

	(void)state;
	assert_false(profile_files_is_wanted(&nothing));
	assert_int_equal(profile_files_new(&exporter, &settings, error, sizeof(error)), -2);
	assert_string_equal(error,
			    "cannot write a pprof profile to /nonexistent/p: No such file or "
			    "directory; name a file in a folder you may write to with "
			    "--pprof");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_all_formats, begin, end),
		cmocka_unit_test_setup_teardown(test_nothing_sampled, begin, end),
		cmocka_unit_test(test_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
