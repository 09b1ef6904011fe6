/* The names that controllers make. */
#include "cmocka_test.h"

#include "kubernetes/pod_workload.h"

static void deployments(void **state)
{
	struct view hash = VIEW_LITERAL("7c5ddbdf54");

	(void)state;
	assert_view(pod_workload_deployment(VIEW_LITERAL("web-7c5ddbdf54"), hash), "web");
	assert_view(pod_workload_deployment(VIEW_LITERAL("a-b.c-7c5ddbdf54"), hash), "a-b.c");
	assert_view(pod_workload_deployment(VIEW_LITERAL("web7c5ddbdf54"), hash), "");
	assert_view(pod_workload_deployment(VIEW_LITERAL("-7c5ddbdf54"), hash), "");
	assert_view(pod_workload_deployment(VIEW_LITERAL("7c5ddbdf54"), hash), "");
	assert_view(pod_workload_deployment(VIEW_LITERAL("web-7c5ddbdf54"), (struct view){0}), "");
	assert_view(pod_workload_deployment(VIEW_LITERAL("web-other"), hash), "");
	assert_view(pod_workload_deployment((struct view){0}, hash), "");
}

static void cronjobs(void **state)
{
	(void)state;
	assert_view(pod_workload_cronjob(VIEW_LITERAL("backup-29384756")), "backup");
	assert_view(pod_workload_cronjob(VIEW_LITERAL("a-1-1700000000")), "a-1");
	assert_view(pod_workload_cronjob(VIEW_LITERAL("backup-1234567")), "");
	assert_view(pod_workload_cronjob(VIEW_LITERAL("backup-12345678901")), "");
	assert_view(pod_workload_cronjob(VIEW_LITERAL("backup29384756")), "");
	assert_view(pod_workload_cronjob(VIEW_LITERAL("-29384756")), "");
	assert_view(pod_workload_cronjob(VIEW_LITERAL("29384756")), "");
	assert_view(pod_workload_cronjob((struct view){0}), "");
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(deployments),
		cmocka_unit_test(cronjobs),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
