/* What the kernel refuses, by both ways to attach: no privileges are needed for that. What it takes
 * is tests/e2e/test_tls.py's. */
#include "cmocka_test.h"

#include <bpf/libbpf.h>
#include <errno.h>
#include <linux/types.h>
#include "capture/probe_link.h"
#include "shared/settings.h"
#include "probes.skel.h"

static const struct probe_target targets[] = {{0x40, "one"}, {0x60, "two"}};
static struct probes *probes;

static int begin(void **state)
{
	(void)state;
	(void)libbpf_set_print(NULL);
	probes = probes__open();
	return probes ? 0 : -1;
}

static int end(void **state)
{
	(void)state;
	probes__destroy(probes);
	return 0;
}

/* The program was never loaded, and there is no such file. */
static void refuse(void)
{
	struct probe_order order = {
		.program = probes->progs.on_tls_return,
		.pid = -1,
		.fd = -1,
		.targets = targets,
		.targets_count = 2,
		.is_return = true,
		.loss = "loss",
		.file_name = "file",
	};
	struct probe_link *link;

	errno = 0;
	link = probe_link_new(&order, "/nowhere/at/all");
	assert_null(link);
	assert_int_not_equal(errno, 0);
	probe_link_free(&link);
}

static void test_each(void **state)
{
	(void)state;
	refuse();
}

static void test_multi(void **state)
{
	(void)state;
	assert_int_equal(bpf_program__set_expected_attach_type(probes->progs.on_tls_return,
							       PROBE_LINK_MULTI),
			 0);
	refuse();
	assert_true(probe_link_open_multi(-1, "/nowhere", 0, &(uint64_t){0x40}, 1, false) < 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_each, begin, end),
		cmocka_unit_test_setup_teardown(test_multi, begin, end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
