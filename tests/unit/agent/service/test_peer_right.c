/* Who may ask: root, the agent's user, its group; nobody by the group root. */
#include "service/peer_right.h"

#include "cmocka_test.h"

#include <sys/socket.h>
#include <unistd.h>

static bool is_given(uid_t uid, gid_t gid, const gid_t *groups, size_t count, gid_t own_gid)
{
	const struct peer_identity peer = {uid, gid, groups, count};

	return peer_right_is_given(&peer, 900, own_gid);
}

static void test_table(void **state)
{
	static const gid_t groups[] = {27, 901, 0};

	(void)state;
	assert_true(is_given(0, 0, NULL, 0, 901));
	assert_true(is_given(900, 5, NULL, 0, 901));
	assert_true(is_given(1000, 901, NULL, 0, 901));
	assert_true(is_given(1000, 1000, groups, 3, 901));
	assert_false(is_given(1000, 1000, groups, 1, 901));
	assert_false(is_given(1000, 1000, NULL, 0, 901));
	assert_false(is_given(1000, 0, groups, 3, 0));
}

static void test_socket(void **state)
{
	int pair[2], file = dup(STDIN_FILENO);

	(void)state;
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair), 0);
	assert_true(peer_right_is_given_to(pair[0]));
	(void)close(pair[0]);
	(void)close(pair[1]);
	(void)close(file);
	assert_false(peer_right_is_given_to(file));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_table),
		cmocka_unit_test(test_socket),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
