/* The exporter: one line per item in order, to a file and to stdout; failures are counted and told.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <unistd.h>
#include "exporters/exporter.h"
#include "exporters/json_lines/json_lines.h"
#include "sample_segment.h"

#define ITEMS_COUNT 3

static struct item *items[ITEMS_COUNT];
static struct batch batch = {.items = items, .count = ITEMS_COUNT};

static int set_up(void **state)
{
	(void)state;
	for (uint64_t i = 0; i < ITEMS_COUNT; i++)
		items[i] = sample_item(1760000000000000000ull + i);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	for (int i = 0; i < ITEMS_COUNT; i++)
		item_release(&items[i]);
	return 0;
}

/* Reads the lines back with another JSON library: the items in their order. */
static void check_lines(FILE *file)
{
	char line[8192], start[32];

	for (int i = 0; i < ITEMS_COUNT; i++) {
		json_error_t error;
		json_t *root, *span;

		assert_non_null(fgets(line, sizeof(line), file));
		root = json_loads(line, 0, &error);
		assert_non_null(root);
		span = json_object_get(json_array_get(json_object_get(root, "resourceSpans"), 0),
				       "scopeSpans");
		span = json_array_get(json_object_get(json_array_get(span, 0), "spans"), 0);
		snprintf(start, sizeof(start), "%llu", 1760000000000000000ull + (unsigned int)i);
		assert_string_equal(json_string_value(json_object_get(span, "startTimeUnixNano")),
				    start);
		json_decref(root);
	}
	assert_null(fgets(line, sizeof(line), file));
}

static void to_a_file(void **state)
{
	char path[] = "/tmp/limpet-json-XXXXXX", error[256];
	int fd = mkstemp(path);
	struct export_result result;
	struct exporter *exporter;
	FILE *file;

	(void)state;
	close(fd);
	assert_int_equal(json_lines_new(&exporter, path, error, sizeof(error)), 0);
	assert_string_equal(exporter->ops->name, "json_lines");
	assert_true(exporter->ops->is_local);
	exporter->ops->export(exporter, &batch, &result);
	assert_int_equal(result.outcome, EXPORT_SENT);
	assert_int_equal(result.rejected_count, 0);
	assert_string_equal(result.message, "");
	exporter->ops->close(&exporter);
	assert_null(exporter);
	file = fopen(path, "r");
	check_lines(file);
	fclose(file);
	(void)unlink(path);
}

static void to_stdout(void **state)
{
	struct export_result result;
	struct exporter *exporter;
	int fds[2], saved = dup(STDOUT_FILENO);
	char error[256];
	FILE *reader;

	(void)state;
	assert_int_equal(pipe(fds), 0);
	(void)fflush(stdout);
	assert_int_equal(dup2(fds[1], STDOUT_FILENO), STDOUT_FILENO);
	close(fds[1]);
	assert_int_equal(json_lines_new(&exporter, "-", error, sizeof(error)), 0);
	exporter->ops->export(exporter, &batch, &result);
	exporter->ops->close(&exporter);
	assert_true(fcntl(STDOUT_FILENO, F_GETFD) >= 0);
	assert_int_equal(dup2(saved, STDOUT_FILENO), STDOUT_FILENO);
	close(saved);
	assert_int_equal(result.outcome, EXPORT_SENT);
	reader = fdopen(fds[0], "r");
	check_lines(reader);
	fclose(reader);
}

static void full_device(void **state)
{
	struct export_result result;
	struct exporter *exporter;
	char error[256];

	(void)state;
	assert_int_equal(json_lines_new(&exporter, "/dev/full", error, sizeof(error)), 0);
	exporter->ops->export(exporter, &batch, &result);
	assert_int_equal(result.outcome, EXPORT_DROPPED);
	assert_int_equal(result.rejected_count, 0);
	assert_int_equal(result.reason, DROP_OUTPUT_FAILED);
	assert_string_equal(
		result.message,
		"cannot write to /dev/full: No space left on device; free space there or name another file");
	exporter->ops->close(&exporter);
}

static void cannot_open(void **state)
{
	struct exporter *exporter = NULL;
	char error[256];

	(void)state;
	assert_int_equal(json_lines_new(&exporter, "/nonexistent/x", error, sizeof(error)),
			 -ENOENT);
	assert_string_equal(error,
			    "cannot open /nonexistent/x for writing: No such file or directory");
	assert_null(exporter);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(to_a_file),
		cmocka_unit_test(to_stdout),
		cmocka_unit_test(full_device),
		cmocka_unit_test(cannot_open),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
