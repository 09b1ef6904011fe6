/* A server that is not there: failures are counted and said, and the end comes at once. What
 * happens with one is tests/conformance/test_kubernetes.py's. */
#include "cmocka_test.h"

#include <unistd.h>
#include "base/clock.h"
#include "captured_output.h"
#include "kubernetes/pod_watch.h"

static void nobody_there(void **state)
{
	struct pod_watch_settings settings = {
		.node = "n1", .first_delay_ms = 1, .max_delay_ms = 60000};
	char path[] = "/tmp/limpet-token-XXXXXX", error[API_ERROR_BYTES];
	struct secret_name name = {"shop", "sentry", "dsn"}, bad = {"shop", "a/b", "dsn"};
	struct captured_output output;
	struct pod_changes *changes;
	struct pod_watch *watch;
	struct api_place place;
	struct drops drops = {0};
	int fd = mkstemp(path);

	(void)state;
	assert_int_equal(write(fd, "token", 5), 5);
	assert_int_equal(api_place_init(&place, "https://127.0.0.1:1", path, path, error), 0);
	assert_int_equal(pod_changes_new(&changes), 0);
	captured_output_begin(&output, STDERR_FILENO);
	assert_int_equal(pod_watch_new(&watch, &place, &settings, changes, &drops), 0);
	assert_null(place.url);
	while (pod_watch_statistics(watch).failures < 4)
		(void)usleep(1000);
	assert_true(pod_watch_ask_secret(watch, &name));
	assert_false(pod_watch_ask_secret(watch, &bad));
	assert_false(pod_watch_statistics(watch).is_following);
	/* It may be resting for a minute. */
	pod_watch_free(&watch);
	assert_null(watch);
	captured_output_end(&output);
	assert_non_null(strstr(output.text, "limpet: warning: kubernetes: cannot list pods at "
					    "https://127.0.0.1:1: "));
	assert_null(strstr(strstr(output.text, "cannot list") + 1, "cannot list"));
	pod_changes_free(&changes);
	(void)close(fd);
	(void)unlink(path);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(nobody_there),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
