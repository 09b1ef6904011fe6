/* The ring between the threads: in order, bounded by waiting, open until closed. */
#include "pod_json.h"

#include <pthread.h>
#include <unistd.h>
#include "kubernetes/pod_changes.h"

#define MANY (3 * MAX_POD_CHANGES)

static void *push_many(void *arg)
{
	for (int i = 0; i < MANY; i++) {
		char version[16];
		struct pod_change change = {.kind = PODS_CHANGED};

		(void)snprintf(version, sizeof(version), "%d", i + 1);
		change.pod = small_pod("u", version, CONTAINER_A);
		if (!pod_changes_push(arg, &change))
			return NULL;
	}
	return arg;
}

static void in_order(void **state)
{
	struct pod_changes *changes;
	struct pod_change change;
	pthread_t thread;
	void *result;

	(void)state;
	assert_int_equal(pod_changes_new(&changes), 0);
	assert_int_equal(pthread_create(&thread, NULL, push_many, changes), 0);
	for (int i = 0; i < MANY;) {
		char version[16];

		if (!pod_changes_take(changes, &change))
			continue;
		(void)snprintf(version, sizeof(version), "%d", ++i);
		assert_view(change.pod->resource_version, version);
		pod_change_done(&change);
	}
	assert_int_equal(pthread_join(thread, &result), 0);
	assert_ptr_equal(result, changes);
	assert_false(pod_changes_take(changes, &change));
	pod_changes_free(&changes);
	assert_null(changes);
}

static void closed(void **state)
{
	struct pod_changes *changes;
	struct pod_change change = {.kind = PODS_CHANGED};
	pthread_t thread;
	void *result;

	(void)state;
	assert_int_equal(pod_changes_new(&changes), 0);
	/* It waits for room that never comes. */
	assert_int_equal(pthread_create(&thread, NULL, push_many, changes), 0);
	pod_changes_close(changes);
	assert_int_equal(pthread_join(thread, &result), 0);
	assert_null(result);
	change.pod = small_pod("u", "1", CONTAINER_A);
	change.secret = calloc(1, sizeof(*change.secret));
	assert_false(pod_changes_push(changes, &change));
	assert_null(change.pod);
	/* What is in it is freed with it. */
	pod_changes_free(&changes);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(in_order),
		cmocka_unit_test(closed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
