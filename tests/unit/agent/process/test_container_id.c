/* Container ids and systemd units from real cgroup files of many runtimes, and from garbage. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
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
	struct container_identity found;
	char unit[UNIT_NAME_BYTES];

	(void)state;
	for (size_t i = 0; i < sizeof(samples) / sizeof(samples[0]); i++) {
		struct view cgroup = view_of_text(samples[i].cgroup);
		bool has_id = container_id_read(cgroup, &found);
		bool has_unit = container_id_find_unit(cgroup, unit);

		if (has_id != !!samples[i].container || has_unit != !!samples[i].unit)
			fail_msg("%s: id %d, unit %d", samples[i].cgroup, has_id, has_unit);
		if (has_id)
			assert_string_equal(found.id, samples[i].container);
		if (has_unit)
			assert_string_equal(unit, samples[i].unit);
	}
}

/* Every cut of every sample, in memory of exactly that size: the sanitizer sees any step outside.
 */
static void test_cut_anywhere(void **state)
{
	struct container_identity found;
	char unit[UNIT_NAME_BYTES];

	(void)state;
	for (size_t i = 0; i < sizeof(samples) / sizeof(samples[0]); i++) {
		for (size_t cut = 0; cut <= strlen(samples[i].cgroup); cut++) {
			char *copy = malloc(cut ? cut : 1);

			memcpy(copy, samples[i].cgroup, cut);
			(void)container_id_read(view_of(copy, cut), &found);
			(void)container_id_find_unit(view_of(copy, cut), unit);
			free(copy);
		}
	}
}

#define POD    "5f1c2d3e-89ab-4000-8000-0123456789ab"
#define POD_   "5f1c2d3e_89ab_4000_8000_0123456789ab"
#define MOTHER "1111111111111111111111111111111111111111111111111111111111111111"

/* What each runtime makes, by its own source or documentation. */
static const struct place {
	const char *source, *path, *id, *runtime, *pod;
} places[] = {
	{"moby, daemon/oci_linux.go: systemd driver", "/system.slice/docker-" ID ".scope", ID,
	 "docker", ""},
	{"moby, the same: cgroupfs driver", "/docker/" ID, ID, "docker", ""},
	{"moby, rootless",
	 "/user.slice/user-1000.slice/user@1000.service/user.slice/docker-" ID ".scope", ID,
	 "docker", ""},
	{"docker in docker: the inner one", "/system.slice/docker-" MOTHER ".scope/docker/" ID, ID,
	 "docker", ""},
	{"docker with --cgroup-parent", "/batch.slice/docker-" ID ".scope", ID, "docker", ""},
	{"systemd in docker: its services are inside",
	 "/system.slice/docker-" ID ".scope/system.slice/nginx.service", ID, "docker", ""},
	{"containerd CRI, SystemdCgroup, kubelet's burstable pod",
	 "/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod" POD_
	 ".slice/cri-containerd-" ID ".scope",
	 ID, "containerd", POD},
	{"the same, besteffort",
	 "/kubepods.slice/kubepods-besteffort.slice/kubepods-besteffort-pod" POD_
	 ".slice/cri-containerd-" ID ".scope",
	 ID, "containerd", POD},
	{"the same, guaranteed",
	 "/kubepods.slice/kubepods-pod" POD_ ".slice/cri-containerd-" ID ".scope", ID, "containerd",
	 POD},
	{"kubelet with cgroupfs: the runtime is not said", "/kubepods/burstable/pod" POD "/" ID, ID,
	 "", POD},
	{"the same, guaranteed", "/kubepods/pod" POD "/" ID, ID, "", POD},
	{"a static pod: the hash of its manifest",
	 "/kubepods/burstable/pod0123456789abcdef0123456789abcdef/" ID, ID, "",
	 "0123456789abcdef0123456789abcdef"},
	{"containerd, systemd's words without systemd (k3s, containerd issue 4900)",
	 "/system.slice/containerd.service/kubepods-besteffort-pod" POD_
	 ".slice:cri-containerd:" ID,
	 ID, "containerd", POD},
	{"kind: a node in docker, kubelet below /kubelet",
	 "/system.slice/docker-" MOTHER ".scope/kubelet.slice/kubelet-kubepods.slice/"
	 "kubelet-kubepods-burstable.slice/kubelet-kubepods-burstable-pod" POD_
	 ".slice/cri-containerd-" ID ".scope",
	 ID, "containerd", POD},
	{"kind, cgroup version 1", "/docker/" MOTHER "/kubelet/kubepods/besteffort/pod" POD "/" ID,
	 ID, "", POD},
	{"k3d: a node in docker", "/docker/" MOTHER "/kubepods/besteffort/pod" POD "/" ID, ID, "",
	 POD},
	{"seen from a pod with a cgroup namespace",
	 "/../../kubepods-burstable-pod" POD_ ".slice/cri-containerd-" ID ".scope", ID,
	 "containerd", POD},
	{"the same with cgroupfs", "/../../pod" POD "/" ID, ID, "", POD},
	{"ctr run NAME: containerd, namespace \"default\"", "/default/web-1", "web-1", "containerd",
	 ""},
	{"ctr -n k8s.io run", "/k8s.io/debug", "debug", "containerd", ""},
	{"nerdctl, cgroupfs", "/default/" ID, ID, "containerd", ""},
	{"nerdctl, systemd driver", "/system.slice/nerdctl-" ID ".scope", ID, "containerd", ""},
	{"CRI-O, internal/config/cgmgr/systemd_linux.go",
	 "/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod" POD_ ".slice/crio-" ID
	 ".scope",
	 ID, "cri-o", POD},
	{"CRI-O with crun, which adds a level",
	 "/kubepods.slice/kubepods-pod" POD_ ".slice/crio-" ID ".scope/container", ID, "cri-o",
	 POD},
	{"CRI-O, internal/config/cgmgr/cgroupfs_linux.go",
	 "/kubepods/burstable/pod" POD "/crio-" ID, ID, "cri-o", POD},
	{"podman, libpod/container_internal_linux.go", "/machine.slice/libpod-" ID ".scope", ID,
	 "podman", ""},
	{"podman with crun", "/machine.slice/libpod-" ID ".scope/container", ID, "podman", ""},
	{"podman, rootless",
	 "/user.slice/user-1000.slice/user@1000.service/user.slice/libpod-" ID ".scope/container",
	 ID, "podman", ""},
	{"podman, cgroupfs", "/libpod_parent/libpod-" ID, ID, "podman", ""},
	{"podman, a pod of its own kind",
	 "/machine.slice/machine-libpod_pod_" MOTHER ".slice/libpod-" ID ".scope/container", ID,
	 "podman", ""},
	{"podman --cgroups=split, quadlet", "/system.slice/web.service/libpod-payload-" ID, ID,
	 "podman", ""},
	{"podman's own monitor there", "/system.slice/web.service/supervisor", NULL, NULL, NULL},
	{"systemd in podman", "/machine.slice/libpod-" ID ".scope/container/init.scope", ID,
	 "podman", ""},
	{"crun, libcrun/cgroup-systemd.c", "/system.slice/crun-web.scope/container", "web", "crun",
	 ""},
	{"runc, systemd driver", "/system.slice/runc-web.scope", "web", "runc", ""},
	{"systemd-nspawn, machined's scope", "/machine.slice/machine-deb\\x2dian.scope/payload",
	 "deb-ian", "systemd-nspawn", ""},
	{"the same, a service inside",
	 "/machine.slice/machine-deb.scope/payload/system.slice/nginx.service", "deb",
	 "systemd-nspawn", ""},
	{"systemd-nspawn@.service",
	 "/machine.slice/systemd-nspawn@deb\\x2dian.service/payload/init.scope", "deb-ian",
	 "systemd-nspawn", ""},
	{"nspawn itself", "/machine.slice/systemd-nspawn@deb.service/supervisor", NULL, NULL, NULL},
	{"docker in nspawn", "/machine.slice/machine-deb.scope/payload/docker/" ID, ID, "docker",
	 ""},
	{"libvirt: a virtual machine", "/machine.slice/machine-qemu\\x2d1\\x2dweb.scope/libvirt",
	 NULL, NULL, NULL},
	{"lxc 4 and later", "/lxc.payload.web/system.slice/nginx.service", "web", "lxc", ""},
	{"lxc 3", "/lxc/web", "web", "lxc", ""},
	{"lxc's monitor", "/lxc.monitor.web", NULL, NULL, NULL},
	{"a pod's cgroup without a container", "/kubepods/burstable/pod" POD, NULL, NULL, NULL},
	{"a scope of a desktop",
	 "/user.slice/user-1000.slice/user@1000.service/app.slice/run-r1.scope", NULL, NULL, NULL},
	{"systemd's machine in another place", "/other.slice/machine-deb.scope", NULL, NULL, NULL},
	{"a slice of one's own named default", "/default/a b", NULL, NULL, NULL},
	{"deeper than ctr makes it", "/x/default/web", NULL, NULL, NULL},
};

static void assert_place(const struct place *place, const char *format)
{
	struct container_identity found;
	char text[1024];
	const char *runtime;
	bool is_found;

	(void)snprintf(text, sizeof(text), format, place->path, place->path);
	is_found = container_id_read(view_of_text(text), &found);
	if (is_found != !!place->id)
		fail_msg("%s: %s", place->source, is_found ? found.id : "nothing");
	if (!is_found)
		return;
	runtime = container_component_runtime_name(found.runtime);
	if (strcmp(found.id, place->id) != 0 ||
	    strcmp(runtime ? runtime : "", place->runtime) != 0 ||
	    strcmp(found.pod_uid, place->pod) != 0)
		fail_msg("%s: id %s, runtime %s, pod %s", place->source, found.id,
			 runtime ? runtime : "-", found.pod_uid);
}

/* Version 2, version 1, and both at once with nothing in the unified hierarchy. */
static void test_places(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
		assert_place(&places[i], "0::%s\n");
		assert_place(&places[i], "12:cpu,cpuacct:%s\n1:name=systemd:%s\n");
		assert_place(&places[i], "0::/\n3:pids:/\n2:memory:%s\n");
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
		cmocka_unit_test(test_places),
		cmocka_unit_test(test_cut_anywhere),
		cmocka_unit_test(test_unit_too_long),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
