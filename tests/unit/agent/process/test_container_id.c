/* Container ids and systemd units from real cgroup files of many runtimes, and from garbage. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdlib.h>
#include "process/container_id.h"

#define ID     "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
#define GARDEN "6f265890-5165-7fab-6b52-18d1"
#define ECS    "0123456789abcdef0123456789abcdef-1829573041"

struct sample {
	const char *cgroup, *container, *unit;
};

static const struct sample samples[] = {
	{"0::/\n", NULL, NULL},
	{"", NULL, NULL},
	{"0::/system.slice/docker-" ID ".scope\n", ID, NULL},
	{"0::/docker/" ID "\n", ID, NULL},
	{"12:memory:/docker/" ID "\n11:cpu:/docker/" ID "\n1:name=systemd:/docker/" ID "\n", ID,
	 NULL},
	{"0::/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod1b2c.slice/cri-containerd-" ID
	 ".scope",
	 ID, NULL},
	{"0::/kubepods/besteffort/pod5f1c2d3e-0000-4000-8000-000000000000/" ID "\n", ID, NULL},
	{"0::/system.slice/containerd.service/kubepods-besteffort-pod1.slice:cri-containerd:" ID
	 "\n",
	 ID, NULL},
	{"0::/kubepods.slice/kubepods-pod1.slice/crio-" ID ".scope/container\n", ID, NULL},
	{"0::/kubepods.slice/kubepods-pod1.slice/crio-conmon-" ID ".scope\n", NULL, NULL},
	{"0::/machine.slice/libpod-" ID ".scope/container\n", ID, NULL},
	{"0::/machine.slice/libpod-conmon-" ID ".scope\n", NULL, NULL},
	{"0::/user.slice/user-1000.slice/user@1000.service/user.slice/libpod-" ID ".scope\n", ID,
	 NULL},
	{"4:memory:/garden/" GARDEN "\n", GARDEN, NULL},
	{"4:memory:/ecs/my-task/" ECS "\n", ECS, NULL},
	{"0::/docker/" ID "/system.slice/nginx.service\n", ID, "nginx.service"},
	{"0::/system.slice/k3s.service/docker/" ID "\n", ID, NULL},
	{"0::/system.slice/nginx.service\n", NULL, "nginx.service"},
	{"0::/system.slice/nginx.service/worker\n", NULL, "nginx.service"},
	{"1:name=systemd:/system.slice/shop.service\n5:memory:/user.slice\n", NULL, "shop.service"},
	{"5:memory:/system.slice/other.service\n0::/\n", NULL, NULL},
	{"0::/system.slice/system-postgresql.slice/postgresql@15-main.service\n", NULL,
	 "postgresql@15-main.service"},
	{"0::/system.slice/my\\x2dshop\\x40x.service\n", NULL, "my-shop@x.service"},
	{"0::/system.slice/bad\\xzz.service\n", NULL, "bad\\xzz.service"},
	{"0::/system.slice/nul\\x00x.service\n", NULL, NULL},
	{"0::/system.slice/_cpu.service\n", NULL, "cpu.service"},
	{"0::/user.slice/user-0.slice/session-3.scope\n", NULL, NULL},
	{"0::/user.slice/user-1000.slice/user@1000.service/init.scope\n", NULL, NULL},
	{"0::/user.slice/user-1000.slice/user@1000.service/app.slice/shop.service\n", NULL,
	 "shop.service"},
	{"0::/user.slice/user-1000.slice/user@1000.service/tmux\n", NULL, NULL},
	{"0::/system.slice/.service\n", NULL, NULL},
	{"no colons at all", NULL, NULL},
	{"0::/x9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08\n", NULL, NULL},
	{"0::/9F86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08\n", NULL, NULL},
};

static void test_samples(void **state)
{
	char id[CONTAINER_ID_BYTES], unit[UNIT_NAME_BYTES];

	(void)state;
	for (size_t i = 0; i < sizeof(samples) / sizeof(samples[0]); i++) {
		struct view cgroup = view_of_text(samples[i].cgroup);
		bool has_id = container_id_find(cgroup, id);
		bool has_unit = container_id_find_unit(cgroup, unit);

		if (has_id != !!samples[i].container || has_unit != !!samples[i].unit)
			fail_msg("%s: id %d, unit %d", samples[i].cgroup, has_id, has_unit);
		if (has_id)
			assert_string_equal(id, samples[i].container);
		if (has_unit)
			assert_string_equal(unit, samples[i].unit);
	}
}

/* Every cut of every sample, in memory of exactly that size: the sanitizer sees any step outside.
 */
static void test_cut_anywhere(void **state)
{
	char id[CONTAINER_ID_BYTES], unit[UNIT_NAME_BYTES];

	(void)state;
	for (size_t i = 0; i < sizeof(samples) / sizeof(samples[0]); i++) {
		for (size_t cut = 0; cut <= strlen(samples[i].cgroup); cut++) {
			char *copy = malloc(cut ? cut : 1);

			memcpy(copy, samples[i].cgroup, cut);
			(void)container_id_find(view_of(copy, cut), id);
			(void)container_id_find_unit(view_of(copy, cut), unit);
			free(copy);
		}
	}
}

static void test_unit_too_long(void **state)
{
	char path[600] = "0::/", unit[UNIT_NAME_BYTES] = "untouched";

	(void)state;
	memset(path + 4, 'a', 300);
	strcat(path, ".service");
	assert_false(container_id_find_unit(view_of_text(path), unit));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_samples),
		cmocka_unit_test(test_cut_anywhere),
		cmocka_unit_test(test_unit_too_long),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
