/* The list of sockets: what it may say, whom each serves, how long somebody is left alone. */
#include "cmocka_test.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>
#include "base/clock.h"
#include "containers/runtime_sockets.h"

static struct runtime_sockets sockets;

static void lists(void **state)
{
	(void)state;
	assert_int_equal(runtime_sockets_parse(&sockets, NULL), 0);
	assert_int_equal(sockets.count, 0);
	assert_int_equal(runtime_sockets_parse(&sockets, "auto"), 0);
	assert_int_equal(sockets.count, 6);
	assert_string_equal(sockets.items[0].pattern, "/run/containerd/containerd.sock");
	assert_string_equal(sockets.items[5].pattern, "/run/podman/podman.sock");
	assert_int_equal(sockets.items[5].protocol, PROTOCOL_DOCKER);
	assert_int_equal(runtime_sockets_parse(&sockets, "off"), 0);
	assert_int_equal(sockets.count, 0);
	assert_int_equal(runtime_sockets_parse(&sockets, "cri:/a, docker:/b/*/c,"), 0);
	assert_int_equal(sockets.count, 2);
	assert_int_equal(sockets.items[0].protocol, PROTOCOL_CRI);
	assert_string_equal(sockets.items[0].pattern, "/a");
	assert_int_equal(sockets.items[1].protocol, PROTOCOL_DOCKER);
	assert_string_equal(sockets.items[1].pattern, "/b/*/c");
}

static void lists_that_cannot_be_used(void **state)
{
	static const char *const bad[] = {
		"/a",
		"cri:",
		"cri:a",
		"unix:/a",
		"cri:/a;docker:/b",
		"cri:/0123456789012345678901234567890123456789012345678901234567890123456789"
		"0123456789012345678901234567890123456789",
		"cri:/1,cri:/2,cri:/3,cri:/4,cri:/5,cri:/6,cri:/7,cri:/8,cri:/9,cri:/10,cri:/11,"
		"cri:/12,cri:/13,cri:/14,cri:/15,cri:/16,cri:/17",
	};

	(void)state;
	sockets.count = 7;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		int err = runtime_sockets_parse(&sockets, bad[i]);

		if (i == 4)
			assert_int_equal(err, 0); /* a strange path, but one */
		else
			assert_int_equal(err, -EINVAL);
	}
}

static void whom_they_serve(void **state)
{
	(void)state;
	assert_int_equal(runtime_sockets_parse(&sockets, "cri:/a"), 0);
	assert_true(runtime_sockets_serve(&sockets, CONTAINER_RUNTIME_CONTAINERD));
	assert_true(runtime_sockets_serve(&sockets, CONTAINER_RUNTIME_CRIO));
	assert_true(runtime_sockets_serve(&sockets, CONTAINER_RUNTIME_UNKNOWN));
	assert_false(runtime_sockets_serve(&sockets, CONTAINER_RUNTIME_DOCKER));
	assert_false(runtime_sockets_serve(&sockets, CONTAINER_RUNTIME_NSPAWN));
	assert_int_equal(runtime_sockets_parse(&sockets, "docker:/a"), 0);
	assert_true(runtime_sockets_serve(&sockets, CONTAINER_RUNTIME_PODMAN));
	assert_false(runtime_sockets_serve(&sockets, CONTAINER_RUNTIME_CRIO));
	assert_false(runtime_sockets_serve(&sockets, CONTAINER_RUNTIME_CRUN));
}

static void patterns(void **state)
{
	char folder[] = "/tmp/limpet-sockets-XXXXXX", path[64], found[4][MAX_SOCKET_PATH];
	struct runtime_socket socket = {.protocol = PROTOCOL_CRI};

	(void)state;
	assert_non_null(mkdtemp(folder));
	(void)snprintf(socket.pattern, sizeof(socket.pattern), "%s/*.sock", folder);
	assert_int_equal(runtime_sockets_find(&socket, found, 4), 0);
	for (int i = 0; i < 6; i++) {
		(void)snprintf(path, sizeof(path), "%s/%d.sock", folder, i);
		assert_int_equal(close(open(path, O_CREAT | O_WRONLY, 0600)), 0);
	}
	assert_int_equal(runtime_sockets_find(&socket, found, 4), 4);
	for (int i = 0; i < 6; i++) {
		(void)snprintf(path, sizeof(path), "%s/%d.sock", folder, i);
		(void)unlink(path);
	}
	(void)rmdir(folder);
}

static void left_alone_ever_longer(void **state)
{
	struct runtime_socket socket = {.protocol = PROTOCOL_CRI};

	(void)state;
	runtime_sockets_note(&socket, "/a", -ECONNREFUSED, 100);
	assert_true(socket.is_told);
	assert_int_equal(socket.next_ns, 100 + NS_PER_S);
	runtime_sockets_note(&socket, "/a", -EACCES, 100);
	assert_int_equal(socket.next_ns, 100 + 2 * NS_PER_S);
	for (int i = 0; i < 10; i++)
		runtime_sockets_note(&socket, "/a", -ETIMEDOUT, 100);
	assert_int_equal(socket.next_ns, 100 + 60 * NS_PER_S);
	runtime_sockets_note(&socket, "/a", 0, 200);
	assert_int_equal(socket.next_ns, 0);
	assert_false(socket.is_told);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(lists),
		cmocka_unit_test(lists_that_cannot_be_used),
		cmocka_unit_test(whom_they_serve),
		cmocka_unit_test(patterns),
		cmocka_unit_test(left_alone_ever_longer),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
