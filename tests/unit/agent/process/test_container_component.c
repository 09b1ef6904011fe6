/* One component alone: who names it, and what is only like it. The table of whole paths is in
 * test_container_id.c. */
#include "cmocka_test.h"

#include "process/container_component.h"

#define ID  "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
#define UID "5f1c2d3e-89ab-4000-8000-0123456789ab"

static enum container_runtime runtime;

static const char *read_id(const char *parent, const char *component)
{
	static char copy[256];
	struct view exact = exact_copy(view_of_text(component)), id;
	bool is_read = container_component_read(view_of_text(parent), exact, &id, &runtime);

	if (is_read) {
		assert_in_range(id.size, 1, sizeof(copy) - 1);
		memcpy(copy, id.bytes, id.size);
		copy[id.size] = '\0';
	}
	free_copy(exact);
	return is_read ? copy : NULL;
}

static void shapes(void **state)
{
	(void)state;
	assert_string_equal(read_id("/a", "docker-" ID ".scope"), ID);
	assert_int_equal(runtime, CONTAINER_RUNTIME_DOCKER);
	assert_string_equal(read_id("/a", "mine-" ID ".scope"), ID);
	assert_int_equal(runtime, CONTAINER_RUNTIME_UNKNOWN);
	assert_string_equal(read_id("/docker", ID), ID);
	assert_int_equal(runtime, CONTAINER_RUNTIME_DOCKER);
	assert_string_equal(read_id("/system.slice", "s:docker:" ID), ID);
	assert_int_equal(runtime, CONTAINER_RUNTIME_DOCKER);
	assert_string_equal(read_id("/", "crun-a.b_c.scope"), "a.b_c");
	assert_int_equal(runtime, CONTAINER_RUNTIME_CRUN);
}

static void what_is_only_like_it(void **state)
{
	(void)state;
	assert_null(read_id("/a", "docker-" ID "0.scope"));
	assert_null(read_id("/a", "dockerx" ID));
	assert_null(read_id("/a", "crun-.scope"));
	assert_null(read_id("/a", "crun-a b.scope"));
	assert_null(read_id("/a", "libpod-conmon-" ID ".scope"));
	assert_null(read_id("/a", "machine-deb.scope"));
	assert_null(read_id("/machine.slice", "machine-.scope"));
	assert_null(read_id("/a/systemd-nspawn@deb.service", "supervisor"));
	assert_null(read_id("/", ""));
	assert_null(read_id("/default", "0123456789012345678901234567890123456789"
					"0123456789012345678901234567890123456"));
}

static const char *read_pod(const char *component)
{
	static char uid[POD_UID_BYTES];
	struct view exact = exact_copy(view_of_text(component));
	bool is_read = container_component_pod(exact, uid);

	free_copy(exact);
	return is_read ? uid : NULL;
}

static void pods(void **state)
{
	(void)state;
	assert_string_equal(read_pod("pod" UID), UID);
	assert_string_equal(read_pod("kubepods-pod" UID ".slice"), UID);
	assert_string_equal(
		read_pod("kubepods-besteffort-pod5f1c2d3e_89ab_4000_8000_0123456789ab.slice"), UID);
	assert_string_equal(read_pod("a-kubepods-burstable-pod" UID ".slice:crio:x"), UID);
	assert_null(read_pod("kubepods-pod" UID));
	assert_null(read_pod("xkubepods-pod" UID ".slice"));
	assert_null(read_pod("kubepods-pod5f1c2d3e_89ab-4000_8000_0123456789ab.slice"));
	assert_null(read_pod("kubepods-pod1b2c.slice"));
	assert_null(read_pod("pod"));
	assert_null(read_pod("podium"));
	assert_null(read_pod(".slice"));
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(shapes),
		cmocka_unit_test(what_is_only_like_it),
		cmocka_unit_test(pods),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
