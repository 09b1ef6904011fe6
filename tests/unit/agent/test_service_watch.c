/*
 * The service beside a session that is this test's: what the service manager hears, what the status
 * has, and settings that are read again.
 */
#include "service_watch.h"

#include <stdlib.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>
#include "base/clock.h"
#include "sample_segment.h"
#include "settings/loaded_settings.h"

#define FILE_NAME   ".build/test_service_watch.yaml"
#define SOCKET_NAME "@limpet-test-service-watch-%d"
#define SENTRY      "sentry:\n  dsn: https://key@h/1\nservice:\n  status_socket: off\n"

static char *line[] = {(char *)"limpet", (char *)"agent", (char *)"-c", (char *)FILE_NAME, NULL};
static char *environment[] = {NULL};
static struct settings settings;
static struct service_watch *watch;
static struct drops drops;
static char ground;
static unsigned int taken_count;
static int manager = -1;

struct assembler_statistics pipeline_statistics(const struct pipeline *pipeline)
{
	assert_ptr_equal(pipeline, &ground);
	return (struct assembler_statistics){.segments_count = 5, .spans_count = 9};
}

struct totals_errors pipeline_errors(const struct pipeline *pipeline)
{
	assert_ptr_equal(pipeline, &ground);
	return (struct totals_errors){0};
}

size_t pipeline_processes_count(const struct pipeline *pipeline)
{
	assert_ptr_equal(pipeline, &ground);
	return 3;
}

void pipeline_take_settings(struct pipeline *pipeline, const struct settings *taken)
{
	assert_ptr_equal(pipeline, &ground);
	assert_ptr_equal(taken, &settings);
	taken_count++;
}

uint32_t destinations_count(const struct destinations *destinations)
{
	assert_ptr_equal(destinations, &drops);
	return 2;
}

void destinations_status(const struct destinations *destinations, uint32_t index,
			 struct destination_status *ret)
{
	assert_ptr_equal(destinations, &drops);
	*ret = (struct destination_status){.failing_since_ns = index};
	(void)strcpy(ret->name, index ? "sentry-pod-1" : "sentry");
}

void probe_loader_read_drops(struct probe_loader *loader, struct drops *to)
{
	assert_ptr_equal(loader, &taken_count);
	assert_ptr_equal(to, &drops);
}

enum capture_source probe_loader_source(const struct probe_loader *loader)
{
	assert_ptr_equal(loader, &taken_count);
	return SOURCE_FENTRY;
}

/* All the manager was told since, one message after the other. */
static const char *heard(void)
{
	static char all[8192];
	size_t used = 0;
	ssize_t size;

	while ((size = recv(manager, all + used, sizeof(all) - used - 2, MSG_DONTWAIT)) > 0) {
		used += (size_t)size;
		all[used++] = '|';
	}
	all[used] = '\0';
	return all;
}

static void assert_heard(const char *said, const char *words)
{
	if (!strstr(said, words))
		fail_msg("'%s' is not in '%s'", words, said);
}

static int begin(void **state)
{
	struct service_watch_ground under = {&settings, (void *)&ground, (void *)&drops,
					     (void *)&taken_count, &drops};
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	int size = snprintf(address.sun_path, sizeof(address.sun_path), SOCKET_NAME, (int)getpid());

	(void)state;
	assert_int_equal(setenv("NOTIFY_SOCKET", address.sun_path, 1), 0);
	address.sun_path[0] = '\0';
	manager = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	assert_int_equal(bind(manager, (struct sockaddr *)&address,
			      (socklen_t)(offsetof(struct sockaddr_un, sun_path) + (size_t)size)),
			 0);
	write_file(FILE_NAME, 0600, SENTRY "sampling:\n  ratio: 0.5\n");
	assert_loads(&settings, line, environment);
	taken_count = 0;
	assert_int_equal(service_watch_new(&watch, &under), 0);
	return 0;
}

static int end(void **state)
{
	(void)state;
	service_watch_free(&watch);
	assert_null(watch);
	settings_done(&settings);
	(void)close(manager);
	return unlink(FILE_NAME) | unsetenv("NOTIFY_SOCKET");
}

static const char *reload(const char *text)
{
	static struct captured_output log;

	write_file(FILE_NAME, 0600, text);
	(void)heard();
	captured_output_begin(&log, STDERR_FILENO);
	assert_true(service_watch_reload(watch));
	return captured_output_end(&log);
}

static void what_the_manager_hears(void **state)
{
	uint64_t now_ns = clock_monotonic_ns();
	struct segment *segment = sample_segment(1000);
	const char *said = heard();

	(void)state;
	assert_heard(said, "READY=1");
	assert_heard(said, "STATUS=tracing 3 processes by fentry");
	assert_heard(said, "sentry-pod-1 is out of reach");
	service_watch_turn(watch, now_ns + 20 * NS_PER_S);
	said = heard();
	assert_heard(said, "STATUS=tracing 3 processes");
	assert_null(strstr(said, "READY=1"));
	service_watch_turn(watch, now_ns + 20 * NS_PER_S + 1);
	assert_string_equal(heard(), "");
	service_watch_take_segment(watch, segment);
	service_watch_stopping(watch);
	assert_heard(heard(), "STOPPING=1");
	segment_free(&segment);
}

static void new_rules(void **state)
{
	const char *log = reload(SENTRY "sampling:\n  ratio: 0.5\ndiscovery:\n"
					"  ignore_executables: sshd,cron\n"
					"  rules:\n    - {action: trace, port: 80}\n");

	(void)state;
	assert_non_null(strstr(log, "ignore-executables is sshd,cron now (it was not set)"));
	assert_non_null(strstr(log, "settings read again: 2 changed, 0 wait"));
	assert_string_equal(settings.discovery.ignore_executables, "sshd,cron");
	assert_non_null(strstr(settings.discovery.rules, "trace port="));
	assert_int_equal(taken_count, 1);
	assert_heard(heard(), "RELOADING=1\nMONOTONIC_USEC=");
}

/* Each option may be right by itself and all of them together no rules. */
static void refused(void **state)
{
	static const char *const texts[] = {
		SENTRY "discovery:\n  ignore_executables: \"a,,b\"\n",
		SENTRY "discovery:\n  only_ports: \"80-x\"\n",
		SENTRY "discovery:\n  rules: \"ignore shoe=42\"\n",
		SENTRY "crash:\n  exit_events: \"=:\"\n",
		"nonsense: 1\n",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		const char *log = reload(texts[i]);

		if (!strstr(log, "the settings stay as they were"))
			fail_msg("%s: %s", texts[i], log);
		assert_heard(heard(), "the new settings were refused and the old ones stay");
		assert_true(settings.sampling.ratio == 0.5);
		assert_null(settings.discovery.rules);
		assert_null(settings.discovery.ignore_executables);
	}
	assert_int_equal(taken_count, 0);
}

static void no_service(void **state)
{
	struct segment *segment = sample_segment(1000);

	(void)state;
	assert_false(service_watch_reload(NULL));
	service_watch_turn(NULL, 1);
	service_watch_take_segment(NULL, segment);
	service_watch_stopping(NULL);
	segment_free(&segment);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(what_the_manager_hears, begin, end),
		cmocka_unit_test_setup_teardown(new_rules, begin, end),
		cmocka_unit_test_setup_teardown(refused, begin, end),
		cmocka_unit_test(no_service),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
