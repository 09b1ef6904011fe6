/* The file exporter: whole envelopes or none, appended, for the owner only. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <signal.h>
#include <unistd.h>
#include "base/byte_buffer.h"
#include "exporters/sentry/sentry_file.h"
#include "known_segment.h"
#include "sample_crash.h"
#include "sample_profile.h"

static char directory[64], path[96];

static int set_up(void **state)
{
	(void)state;
	(void)snprintf(directory, sizeof(directory), "/tmp/test_sentry_file_XXXXXX");
	assert_non_null(mkdtemp(directory));
	(void)snprintf(path, sizeof(path), "%s/envelopes", directory);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	(void)unlink(path);
	return rmdir(directory);
}

static struct exporter *open_file(const char *dsn)
{
	struct exporter *exporter;
	char error[256];

	assert_int_equal(sentry_file_new(&exporter, path, dsn, error, sizeof(error)), 0);
	assert_string_equal(exporter->ops->name, "sentry_file");
	assert_true(exporter->ops->is_local);
	return exporter;
}

static struct export_result export_known(struct exporter *exporter, uint32_t count)
{
	struct item *items[8];
	struct batch batch = {.items = items, .count = count};
	struct export_result result;

	for (uint32_t i = 0; i < count; i++) {
		struct segment *segment = known_segment();

		assert_int_equal(item_new_segment(&items[i], &segment), 0);
	}
	exporter->ops->export(exporter, &batch, &result);
	for (uint32_t i = 0; i < count; i++)
		item_release(&items[i]);
	return result;
}

static size_t count_lines(const char *start)
{
	FILE *file = fopen(path, "re");
	char *line = NULL;
	size_t capacity = 0, lines = 0;

	assert_non_null(file);
	while (getline(&line, &capacity, file) > 0) {
		assert_int_equal(line[strlen(line) - 1], '\n');
		lines += strncmp(line, start, strlen(start)) == 0;
	}
	free(line);
	(void)fclose(file);
	return lines;
}

static void appends_envelopes(void **state)
{
	struct exporter *exporter = open_file("https://pub@o42.example.com/7");
	struct export_result result;
	struct stat facts;

	(void)state;
	result = export_known(exporter, 2);
	assert_int_equal(result.outcome, EXPORT_SENT);
	assert_int_equal(result.rejected_count, 0);
	exporter->ops->close(&exporter);
	assert_null(exporter);
	exporter = open_file(NULL);
	result = export_known(exporter, 1);
	assert_int_equal(result.outcome, EXPORT_SENT);
	exporter->ops->close(&exporter);
	assert_int_equal(count_lines(""), 9);
	assert_int_equal(count_lines("{\"event_id\":\"00f067aa0ba94200a3ce929d0e0e4736\",\"sdk\":"
				     "{\"name\":\"limpet\",\"version\":\"" LIMPET_VERSION
				     "\"},\"trace\":{\"trace_id\":\"" KNOWN_TRACE_ID
				     "\",\"public_key\":\"pub\","),
			 2);
	assert_int_equal(count_lines("{\"event_id\":\"00f067aa0ba94200a3ce929d0e0e4736\",\"sdk\":"
				     "{\"name\":\"limpet\",\"version\":\"" LIMPET_VERSION "\"}}\n"),
			 1);
	assert_int_equal(count_lines("{\"type\":\"transaction\",\"length\":"), 3);
	assert_int_equal(stat(path, &facts), 0);
	assert_int_equal(facts.st_mode & 0777, 0600);
}

/* The event with its session and minidump is one envelope, each session one of its own. */
static void takes_every_kind(void **state)
{
	struct exporter *exporter = open_file(NULL);
	struct crash *crash = known_crash();
	struct item *items[3];
	struct batch batch = {.kind = ITEM_CRASH, .items = items, .count = 1};
	struct export_result result;

	(void)state;
	assert_int_equal(exporter->ops->wanted_kinds, ITEM_ALL);
	crash->minidump = VIEW_LITERAL("MDMP");
	assert_int_equal(item_new_crash(&items[0], &crash), 0);
	exporter->ops->export(exporter, &batch, &result);
	assert_int_equal(result.outcome, EXPORT_SENT);
	assert_int_equal(result.rejected_count, 0);
	item_release(&items[0]);
	assert_int_equal(count_lines("{\"event_id\":\"" KNOWN_CRASH_ID "\""), 1);
	assert_int_equal(count_lines("{\"type\":\"event\",\"length\":"), 1);
	assert_int_equal(count_lines("{\"type\":\"session\",\"length\":"), 1);
	assert_int_equal(count_lines("{\"type\":\"attachment\",\"length\":4,"), 1);
	for (int i = 0; i < 3; i++)
		items[i] = sample_session_item(KNOWN_CRASH_NS, SESSION_EXITED);
	items[1]->session->resource->release = (struct view){0};
	batch = (struct batch){.kind = ITEM_SESSION, .items = items, .count = 3};
	exporter->ops->export(exporter, &batch, &result);
	assert_int_equal(result.outcome, EXPORT_SENT);
	assert_int_equal(result.rejected_count, 1);
	assert_int_equal(result.reason, DROP_ENCODE_FAILED);
	assert_string_equal(result.message, "");
	for (int i = 0; i < 3; i++)
		item_release(&items[i]);
	exporter->ops->close(&exporter);
	assert_int_equal(count_lines("{\"type\":\"session\",\"length\":"), 3);
	assert_int_equal(count_lines("{\"sdk\":"), 2);
}

static void takes_a_profile_in_parts(void **state)
{
	struct exporter *exporter = open_file(NULL);
	struct resource *resource = sample_resource();
	struct profile *profile = sample_profile_new(resource);
	struct item *item;
	struct batch batch = {.kind = ITEM_PROFILE, .items = &item, .count = 1};
	struct export_result result;

	(void)state;
	sample_at(profile, 0, 1, 15000, 0); /* two and a half minutes */
	assert_int_equal(item_new_profile(&item, &profile), 0);
	exporter->ops->export(exporter, &batch, &result);
	assert_int_equal(result.outcome, EXPORT_SENT);
	assert_int_equal(result.rejected_count, 0);
	item_release(&item);
	resource_release(&resource);
	exporter->ops->close(&exporter);
	assert_int_equal(count_lines("{\"type\":\"profile_chunk\",\"length\":"), 3);
	assert_int_equal(count_lines("{\"sdk\":"), 3);
}

static void leaves_no_half_envelope(void **state)
{
	struct exporter *exporter = open_file(NULL);
	struct rlimit limit = {0}, unlimited;
	struct export_result result;
	struct stat before, after;
	char expected[256];

	(void)state;
	(void)signal(SIGXFSZ, SIG_IGN);
	(void)export_known(exporter, 1);
	assert_int_equal(stat(path, &before), 0);
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &unlimited), 0);
	limit = unlimited;
	limit.rlim_cur = (rlim_t)(before.st_size * 5 / 2);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
	result = export_known(exporter, 3);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &unlimited), 0);
	assert_int_equal(result.outcome, EXPORT_SENT);
	assert_int_equal(result.rejected_count, 2);
	assert_int_equal(result.reason, DROP_OUTPUT_FAILED);
	(void)snprintf(expected, sizeof(expected), "cannot write envelopes to '%s': File too large",
		       path);
	assert_string_equal(result.message, expected);
	assert_int_equal(stat(path, &after), 0);
	assert_int_equal(after.st_size, 2 * before.st_size);
	exporter->ops->close(&exporter);
}

static void drops_all_when_nothing_can_be_written(void **state)
{
	struct export_result result;
	struct exporter *exporter;
	char error[256];

	(void)state;
	assert_int_equal(sentry_file_new(&exporter, "/dev/full", NULL, error, sizeof(error)), 0);
	result = export_known(exporter, 2);
	assert_int_equal(result.outcome, EXPORT_DROPPED);
	assert_int_equal(result.rejected_count, 2);
	assert_int_equal(result.reason, DROP_OUTPUT_FAILED);
	assert_string_equal(result.message,
			    "cannot write envelopes to '/dev/full': No space left on device");
	exporter->ops->close(&exporter);
}

static void counts_what_cannot_be_encoded(void **state)
{
	struct exporter *exporter = open_file(NULL);
	struct segment *segment = known_segment();
	struct export_result result;
	struct item *item;
	struct batch batch = {.items = &item, .count = 1};

	(void)state;
	segment->spans_count = 0;
	assert_int_equal(item_new_segment(&item, &segment), 0);
	exporter->ops->export(exporter, &batch, &result);
	assert_int_equal(result.outcome, EXPORT_DROPPED);
	assert_int_equal(result.rejected_count, 1);
	assert_int_equal(result.reason, DROP_ENCODE_FAILED);
	item_release(&item);
	exporter->ops->close(&exporter);
}

static void says_what_cannot_be_opened(void **state)
{
	struct exporter *exporter = NULL;
	char error[256];

	(void)state;
	assert_int_equal(sentry_file_new(&exporter, "/nowhere/\x1b[2J", NULL, error, sizeof(error)),
			 -ENOENT);
	assert_string_equal(error, "cannot open '/nowhere/\\x1b[2J' for Sentry envelopes: No such "
				   "file or directory; choose a file you may write with "
				   "--sentry-file");
	assert_int_equal(sentry_file_new(&exporter, path, "bad", error, sizeof(error)), -EINVAL);
	assert_null(exporter);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(appends_envelopes, set_up, tear_down),
		cmocka_unit_test_setup_teardown(takes_every_kind, set_up, tear_down),
		cmocka_unit_test_setup_teardown(takes_a_profile_in_parts, set_up, tear_down),
		cmocka_unit_test_setup_teardown(leaves_no_half_envelope, set_up, tear_down),
		cmocka_unit_test(drops_all_when_nothing_can_be_written),
		cmocka_unit_test_setup_teardown(counts_what_cannot_be_encoded, set_up, tear_down),
		cmocka_unit_test_setup_teardown(says_what_cannot_be_opened, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
