/* Descriptors go to the store and come from it: by a socket as systemd's, and by an environment as
 * it makes one, or as somebody else does. */
#include "service/descriptor_store.h"

#include "cmocka_test.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>
#include "notify_receiver.h"

#define FIRST 3

static int receiver;
static struct notify_socket notify;

static int begin(void **state)
{
	char address[NOTIFY_ADDRESS_BYTES];

	(void)state;
	receiver = notify_receiver_open(address);
	notify_socket_init(&notify, address);
	return receiver < 0 ? receiver : 0;
}

static int end(void **state)
{
	(void)state;
	notify_socket_done(&notify);
	return close(receiver);
}

/* The lines of the next message, and how many descriptors came with it. */
static uint32_t hear(char lines[static 256], int fds[static MAX_SENT_DESCRIPTORS])
{
	char control[CMSG_SPACE(MAX_SENT_DESCRIPTORS * sizeof(int))];
	struct iovec text = {lines, 255};
	struct msghdr message = {.msg_iov = &text,
				 .msg_iovlen = 1,
				 .msg_control = control,
				 .msg_controllen = sizeof(control)};
	struct cmsghdr *header;
	ssize_t size = recvmsg(receiver, &message, MSG_CMSG_CLOEXEC);
	uint32_t count;

	lines[size > 0 ? size : 0] = '\0';
	header = size > 0 ? CMSG_FIRSTHDR(&message) : NULL;
	if (!header)
		return 0;
	assert_int_equal(header->cmsg_type, SCM_RIGHTS);
	count = (uint32_t)((header->cmsg_len - CMSG_LEN(0)) / sizeof(int));
	memcpy(fds, CMSG_DATA(header), count * sizeof(int));
	return count;
}

static void keeps_copies(void **state)
{
	int pipes[2], fds[MAX_SENT_DESCRIPTORS], many[MAX_SENT_DESCRIPTORS + 1] = {0};
	char lines[256], name[2 * MAX_STORED_NAME_BYTES], byte = 'x';

	(void)state;
	assert_int_equal(pipe(pipes), 0);
	assert_true(descriptor_store_add(&notify, "limpet-crash-links-v4", pipes, 2));
	assert_int_equal(hear(lines, fds), 2);
	assert_string_equal(lines, "FDSTORE=1\nFDPOLL=0\nFDNAME=limpet-crash-links-v4");
	(void)close(pipes[0]);
	(void)close(pipes[1]);
	/* They outlive ours. */
	assert_int_equal(write(fds[1], &byte, 1), 1);
	assert_int_equal(read(fds[0], lines, 1), 1);
	(void)close(fds[0]);
	(void)close(fds[1]);

	assert_true(descriptor_store_remove(&notify, "limpet-crash-links-v4"));
	assert_int_equal(hear(lines, fds), 0);
	assert_string_equal(lines, "FDSTOREREMOVE=1\nFDNAME=limpet-crash-links-v4");

	assert_false(descriptor_store_add(&notify, "none", many, 0));
	assert_false(descriptor_store_add(&notify, "many", many, MAX_SENT_DESCRIPTORS + 1));
	memset(name, 'n', sizeof(name) - 1);
	name[sizeof(name) - 1] = '\0';
	assert_false(descriptor_store_add(&notify, name, many, 1));
	assert_false(descriptor_store_remove(&notify, name));
	assert_int_equal(hear(lines, fds), 0);
	assert_string_equal(lines, "");
}

static void needs_a_manager(void **state)
{
	struct notify_socket nobody;
	int fd = 0;

	(void)state;
	notify_socket_init(&nobody, NULL);
	assert_false(descriptor_store_add(&nobody, "name", &fd, 1));
	assert_false(descriptor_store_remove(&nobody, "name"));
}

static void set(const char *variable, const char *value)
{
	if (value)
		assert_int_equal(setenv(variable, value, 1), 0);
	else
		assert_int_equal(unsetenv(variable), 0);
}

/* In a child, whose descriptors from 3 on are ours to give: `given` of them are open. Its exit code
 * says how many were taken; 100: what was taken is not what it should be. */
static int taken(const char *pid, const char *count, const char *names, int given)
{
	pid_t child = fork();
	struct descriptor_store store;
	int status;

	if (child > 0) {
		assert_int_equal(waitpid(child, &status, 0), child);
		assert_true(WIFEXITED(status));
		return WEXITSTATUS(status);
	}
	for (int fd = FIRST; fd < 64; fd++)
		(void)close(fd);
	for (int fd = FIRST; fd < FIRST + given; fd++)
		if (dup2(1, fd) != fd)
			_exit(99);
	set("LISTEN_PID", pid);
	set("LISTEN_FDS", count);
	set("LISTEN_FDNAMES", names);
	descriptor_store_init(&store, "limpet-", pid && strcmp(pid, "77") == 0 ? 77 : getpid());
	if (getenv("LISTEN_PID") || getenv("LISTEN_FDS") || getenv("LISTEN_FDNAMES"))
		_exit(100);
	for (uint32_t i = 0; i < store.count; i++)
		if (!(fcntl(store.descriptors[i].fd, F_GETFD) & FD_CLOEXEC) ||
		    strncmp(store.descriptors[i].name, "limpet-", 7) != 0)
			_exit(100);
	/* What is somebody else's stays open. */
	if (names && strcmp(names, "web.socket:limpet-b:limpet-c") == 0 &&
	    (store.descriptors[0].fd != FIRST + 1 || fcntl(FIRST, F_GETFD) != 0 ||
	     strcmp(store.descriptors[1].name, "limpet-c") != 0))
		_exit(100);
	given = (int)store.count;
	descriptor_store_done(&store);
	if (given && fcntl(FIRST + 2, F_GETFD) >= 0 && names && strstr(names, "limpet-c"))
		_exit(100);
	_exit(given);
}

static void takes_what_is_given(void **state)
{
	(void)state;
	assert_int_equal(taken("77", "3", "web.socket:limpet-b:limpet-c", 3), 2);
	assert_int_equal(taken("77", "3", "limpet-a:limpet-a:limpet-a", 3), 3);
	assert_int_equal(taken("77", "1", "limpet-a", 1), 1);
	assert_int_equal(taken("77", "1", "other", 1), 0);
	/* One of them is no descriptor. */
	assert_int_equal(taken("77", "3", "limpet-a:limpet-b:limpet-d", 2), 2);
}

static void takes_nothing_else(void **state)
{
	char names[1024] = "limpet-x", long_name[256] = "limpet-";
	char own[16];

	(void)state;
	(void)snprintf(own, sizeof(own), "%d", (int)getpid());
	assert_int_equal(taken(own, "1", "limpet-a", 1), 0); /* the parent's */
	assert_int_equal(taken(NULL, "1", "limpet-a", 1), 0);
	assert_int_equal(taken("77", NULL, "limpet-a", 1), 0);
	assert_int_equal(taken("77", "1", NULL, 1), 0);
	assert_int_equal(taken("77", "2", "limpet-a", 2), 0);
	assert_int_equal(taken("77", "1", "limpet-a:limpet-b", 2), 0);
	assert_int_equal(taken("77", "0", "", 0), 0);
	assert_int_equal(taken("77", "-1", "limpet-a", 1), 0);
	assert_int_equal(taken("77", "1x", "limpet-a", 1), 0);
	assert_int_equal(taken("77", "99999999999999999999", "limpet-a", 1), 0);
	assert_int_equal(taken("77", "1000000", "limpet-a", 1), 0);
	assert_int_equal(taken("77x", "1", "limpet-a", 1), 0);
	memset(long_name + 7, 'n', sizeof(long_name) - 8);
	assert_int_equal(taken("77", "1", long_name, 1), 0);
	/* More than there is room for: those are closed. */
	for (int i = 1; i < MAX_STORED_DESCRIPTORS + 4; i++)
		strcat(names, ":limpet-x");
	assert_int_equal(taken("77", "36", names, 36), MAX_STORED_DESCRIPTORS);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(keeps_copies),
		cmocka_unit_test(needs_a_manager),
		cmocka_unit_test(takes_what_is_given),
		cmocka_unit_test(takes_nothing_else),
	};

	return cmocka_run_group_tests(tests, begin, end);
}
