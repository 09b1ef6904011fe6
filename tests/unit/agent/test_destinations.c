/* Which settings open which destinations; what cannot be opened starts nothing. */
#include "cmocka_test.h"

#include <ftw.h>
#include <sys/stat.h>
#include <unistd.h>
#include "base/clock.h"
#include "captured_output.h"
#include "destinations.h"
#include "sample_crash.h"

static struct drops drops;

static struct settings plain(enum settings_command command)
{
	return (struct settings){
		.command = command,
		.terminal = {.trees = SWITCH_OFF},
		.delivery = {.max_queue_items = 8,
			     .max_batch_items = 4,
			     .schedule_delay_ms = 10,
			     .shutdown_ms = 1000},
	};
}

static uint32_t opened(const struct settings *settings)
{
	struct destinations *destinations;
	uint32_t count;

	assert_int_equal(destinations_new(&destinations, settings, &drops), 0);
	count = destinations_count(destinations);
	assert_true(destinations_stop(&destinations, clock_monotonic_ns() + 5 * NS_PER_S));
	assert_null(destinations);
	return count;
}

static void who_gets_the_terminal(void **state)
{
	static const struct {
		enum settings_command command;
		uint32_t count;
	} rows[] = {{COMMAND_RUN, 1}, {COMMAND_ATTACH, 1}, {COMMAND_REPLAY, 1}, {COMMAND_AGENT, 0}};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct settings settings = plain(rows[i].command);

		assert_int_equal(opened(&settings), 0);
		settings.terminal.trees = SWITCH_AUTO;
		assert_int_equal(opened(&settings), rows[i].count);
		settings.terminal.trees = SWITCH_ON;
		assert_int_equal(opened(&settings), 1);
	}
}

static void all_at_once(void **state)
{
	struct settings settings = plain(COMMAND_AGENT);
	char endpoint[] = "http://127.0.0.1:1", dsn[] = "http://abc@127.0.0.1:1/1";
	char json[] = "/dev/null", file[] = "/tmp/limpet-test-sentry-XXXXXX";

	(void)state;
	assert_int_equal(close(mkstemp(file)), 0);
	settings.terminal.json_file = json;
	assert_int_equal(opened(&settings), 1);
	settings.otlp.endpoint = endpoint;
	settings.otlp.timeout_ms = 100;
	assert_int_equal(opened(&settings), 2);
	settings.sentry.dsn = dsn;
	settings.sentry.file = file;
	assert_int_equal(opened(&settings), 4);
	assert_int_equal(unlink(file), 0);
}

static long size_of(const char *path)
{
	struct stat status;

	assert_int_equal(stat(path, &status), 0);
	return status.st_size;
}

/* Written when what was begun is stopped; a start that failed leaves what was there. */
static void the_report(void **state)
{
	struct settings settings = plain(COMMAND_REPLAY);
	char page[] = "/tmp/limpet-test-page-XXXXXX", endpoint[] = "no URL";
	struct destination_status status;
	struct destinations *destinations;
	struct item *item = sample_item(1000);

	(void)state;
	assert_int_equal(close(mkstemp(page)), 0);
	settings.terminal.html_file = page;
	assert_int_equal(destinations_new(&destinations, &settings, &drops), 0);
	assert_int_equal(destinations_count(destinations), 1);
	destinations_status(destinations, 0, &status);
	assert_string_equal(status.name, "report");
	(void)destinations_stop(&destinations, 0);
	assert_int_equal(size_of(page), 0);
	settings.otlp.endpoint = endpoint;
	assert_true(destinations_new(&destinations, &settings, &drops) < 0);
	assert_int_equal(size_of(page), 0);
	settings.otlp.endpoint = NULL;
	assert_int_equal(destinations_new(&destinations, &settings, &drops), 0);
	destinations_offer(destinations, item, NULL);
	item_release(&item);
	assert_true(destinations_stop(&destinations, clock_monotonic_ns() + 5 * NS_PER_S));
	assert_true(size_of(page) > 10000);
	assert_int_equal(unlink(page), 0);
}

/* What pods named stands behind what the settings say, each by a name of its own. */
static void shown_with_those_of_pods(void **state)
{
	static const char *const names[] = {"json_lines", "sentry", "sentry-pod-1", "sentry-pod-2"};
	static const char *const places[] = {"/dev/null", "http://127.0.0.1:1/1",
					     "http://127.0.0.1:1/2", "http://127.0.0.1:1/3"};
	struct settings settings = plain(COMMAND_AGENT);
	struct destinations *destinations;
	struct destination_status shown;
	struct item *item = sample_item(1000);
	char json[] = "/dev/null", dsn[] = "http://key@127.0.0.1:1/1";
	struct captured_output log;

	(void)state;
	settings.terminal.json_file = json;
	settings.sentry.dsn = dsn;
	settings.kubernetes.pod_dsn = true;
	assert_int_equal(destinations_new(&destinations, &settings, &drops), 0);
	assert_int_equal(destinations_count(destinations), 2);
	destinations_offer(destinations, item, "http://other@127.0.0.1:1/2");
	destinations_offer(destinations, item, "http://key@127.0.0.1:1/3");
	item_release(&item);
	assert_int_equal(destinations_count(destinations), 4);
	for (uint32_t i = 0; i < 4; i++) {
		destinations_status(destinations, i, &shown);
		assert_string_equal(shown.name, names[i]);
		if (i)
			assert_string_equal(shown.place, places[i]);
		assert_int_equal(shown.is_a_pods, i > 1);
		assert_int_equal(shown.max_queued_count, 8);
	}
	captured_output_begin(&log, STDERR_FILENO);
	(void)destinations_stop(&destinations, clock_monotonic_ns() + NS_PER_S);
	(void)captured_output_end(&log);
	assert_null(strstr(log.text, "other@"));
	drops = (struct drops){0};
}

static void one_bad_setting_starts_nothing(void **state)
{
	struct settings settings = plain(COMMAND_AGENT);
	struct destinations *destinations = NULL;
	char json[] = "/dev/null", dsn[] = "no dsn at all";

	(void)state;
	settings.terminal.json_file = json;
	settings.sentry.dsn = dsn;
	assert_true(destinations_new(&destinations, &settings, &drops) < 0);
	assert_null(destinations);
}

/* Every destination takes a reference of its own. */
static void offered_to_all(void **state)
{
	struct settings settings = plain(COMMAND_AGENT);
	struct destinations *destinations;
	char path[] = "/tmp/limpet-test-offer-XXXXXX", text[16384];
	struct item *item = sample_item(1000);
	FILE *file;

	(void)state;
	assert_int_equal(close(mkstemp(path)), 0);
	settings.terminal.json_file = path;
	assert_int_equal(destinations_new(&destinations, &settings, &drops), 0);
	destinations_offer(destinations, item, NULL);
	destinations_offer(destinations, item, NULL);
	item_release(&item);
	assert_true(destinations_stop(&destinations, clock_monotonic_ns() + 5 * NS_PER_S));
	file = fopen(path, "r");
	assert_non_null(file);
	assert_non_null(fgets(text, sizeof(text), file));
	assert_non_null(fgets(text, sizeof(text), file));
	assert_null(fgets(text, sizeof(text), file));
	assert_int_equal(fclose(file), 0);
	assert_int_equal(unlink(path), 0);
	assert_int_equal(drops_lost(&drops), 0);
}

static int remove_one(const char *path, const struct stat *status, int kind, struct FTW *walk)
{
	(void)status;
	(void)kind;
	(void)walk;
	return remove(path);
}

/* One start and stop with a Sentry that nobody is. What was logged. */
static const char *run_without_server(const struct settings *settings, struct item *crash)
{
	static struct captured_output log;
	struct destinations *destinations;

	captured_output_begin(&log, STDERR_FILENO);
	assert_int_equal(destinations_new(&destinations, settings, &drops), 0);
	if (crash)
		destinations_offer(destinations, crash, NULL);
	assert_true(destinations_stop(&destinations, clock_monotonic_ns() + 5 * NS_PER_S));
	return captured_output_end(&log);
}

static struct settings spooling(char *dsn, char *directory)
{
	struct settings settings = plain(COMMAND_AGENT);

	settings.sentry.dsn = dsn;
	settings.crash.enabled = true;
	settings.delivery.spool_directory = directory;
	settings.delivery.max_spool_bytes = 1 << 20;
	settings.delivery.max_spool_items = 8;
	return settings;
}

/* Nobody there: it stays on disk, twice, and is no loss. */
static void crashes_are_kept(void **state)
{
	char dsn[] = "http://secret@127.0.0.1:1/1", directory[] = "/tmp/limpet-test-spool-XXXXXX";
	struct settings settings = spooling(dsn, directory);
	struct item *crash = sample_crash_item(1000);
	uint64_t lost = drops_lost(&drops);
	const char *text;

	(void)state;
	assert_non_null(mkdtemp(directory));
	text = run_without_server(&settings, crash);
	assert_non_null(strstr(text, "sentry: 1 crash kept in /tmp/limpet-test-spool-"));
	assert_non_null(strstr(text, " for the next start\n"));
	assert_null(strstr(text, "secret"));
	text = run_without_server(&settings, NULL);
	assert_non_null(strstr(text, "sentry: delivering 1 crash kept in /tmp/limpet-test-spool-"));
	assert_non_null(strstr(text, "sentry: 1 crash kept in"));
	/* Another place to send to has its own. */
	dsn[sizeof(dsn) - 2] = '2';
	assert_null(strstr(run_without_server(&settings, NULL), "kept"));
	/* A replay neither keeps nor delivers. */
	dsn[sizeof(dsn) - 2] = '1';
	settings.command = COMMAND_REPLAY;
	assert_null(strstr(run_without_server(&settings, NULL), "kept"));
	assert_int_equal(drops_lost(&drops), lost);
	item_release(&crash);
	assert_int_equal(nftw(directory, remove_one, 16, FTW_DEPTH | FTW_PHYS), 0);
}

static void a_spool_that_cannot_be_used(void **state)
{
	char dsn[] = "http://abc@127.0.0.1:1/1", directory[] = "/dev/null/spool", off[] = "off";
	struct settings settings = spooling(dsn, directory);

	(void)state;
	assert_string_equal(run_without_server(&settings, NULL),
			    "limpet: warning: cannot keep crashes in /dev/null/spool: Not a "
			    "directory; it must be a directory and no symbolic link: name the "
			    "place itself with --spool; crashes that cannot be delivered at once "
			    "may be lost\n");
	settings.delivery.spool_directory = off;
	assert_string_equal(run_without_server(&settings, NULL), "");
	settings.delivery.spool_directory = NULL;
	assert_string_equal(run_without_server(&settings, NULL), "");
}

/* Counted by whoever decided. */
static void decisions_are_told_to_all(void **state)
{
	char dsn[] = "http://abc@127.0.0.1:1/1", json[] = "/dev/null";
	struct settings settings = plain(COMMAND_AGENT);
	struct item *item = sample_item(1000);
	struct destinations *destinations;
	uint64_t sampled = drops_get(&drops, DROP_SAMPLED);

	(void)state;
	settings.sentry.dsn = dsn;
	settings.terminal.json_file = json;
	assert_int_equal(destinations_new(&destinations, &settings, &drops), 0);
	destinations_count_drop(destinations, DROP_SAMPLED, item);
	item_release(&item);
	assert_true(destinations_stop(&destinations, clock_monotonic_ns() + 5 * NS_PER_S));
	assert_int_equal(drops_get(&drops, DROP_SAMPLED), sampled);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(who_gets_the_terminal),
		cmocka_unit_test(all_at_once),
		cmocka_unit_test(the_report),
		cmocka_unit_test(shown_with_those_of_pods),
		cmocka_unit_test(one_bad_setting_starts_nothing),
		cmocka_unit_test(offered_to_all),
		cmocka_unit_test(crashes_are_kept),
		cmocka_unit_test(a_spool_that_cannot_be_used),
		cmocka_unit_test(decisions_are_told_to_all),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
