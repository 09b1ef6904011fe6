/* The journal: entries as its protocol has them, and when the log goes there. */
#include "base/journal.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>
#include "captured_output.h"

static const struct log_place place = {"agent/delivery/delivery_thread.c", "give_up", 117};

static void test_entry(void **state)
{
	char entry[MAX_JOURNAL_ENTRY_BYTES + 1];
	size_t size = journal_format(LOG_LEVEL_WARNING, place, "otlp: gone", 10, entry);

	(void)state;
	entry[size] = '\0';
	assert_string_equal(entry, "PRIORITY=4\nSYSLOG_IDENTIFIER=limpet\n"
				   "CODE_FILE=agent/delivery/delivery_thread.c\nCODE_LINE=117\n"
				   "CODE_FUNC=give_up\nLIMPET_STAGE=delivery\n"
				   "LIMPET_VERSION=" LIMPET_VERSION "\nMESSAGE=otlp: gone\n");
}

/* A line feed must not let a text make fields. */
static void test_lines(void **state)
{
	static const char text[] = "a\nPRIORITY=0";
	static const char wanted[] = "MESSAGE\n\x0c\0\0\0\0\0\0\0a\nPRIORITY=0\n";
	char entry[MAX_JOURNAL_ENTRY_BYTES];
	size_t size = journal_format(LOG_LEVEL_INFO, place, text, sizeof(text) - 1, entry);

	(void)state;
	assert_true(size > sizeof(wanted));
	assert_memory_equal(entry + size - (sizeof(wanted) - 1), wanted, sizeof(wanted) - 1);
}

static void test_too_long(void **state)
{
	char entry[MAX_JOURNAL_ENTRY_BYTES];
	char *text = malloc(MAX_JOURNAL_ENTRY_BYTES);

	(void)state;
	memset(text, 'x', MAX_JOURNAL_ENTRY_BYTES);
	assert_int_equal(
		journal_format(LOG_LEVEL_INFO, place, text, MAX_JOURNAL_ENTRY_BYTES, entry), 0);
	free(text);
}

static int open_receiver(struct sockaddr_un *address)
{
	char folder[] = "/tmp/limpet-journal-XXXXXX";
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	assert_non_null(mkdtemp(folder));
	*address = (struct sockaddr_un){.sun_family = AF_UNIX};
	(void)snprintf(address->sun_path, sizeof(address->sun_path), "%s/socket", folder);
	assert_int_equal(bind(fd, (struct sockaddr *)address, sizeof(*address)), 0);
	return fd;
}

static void close_receiver(int fd, struct sockaddr_un *address)
{
	(void)close(fd);
	assert_int_equal(unlink(address->sun_path), 0);
	*strrchr(address->sun_path, '/') = '\0';
	assert_int_equal(rmdir(address->sun_path), 0);
}

static void test_stream(void **state)
{
	struct sockaddr_un address;
	int fd = open_receiver(&address);
	char stream[64], entry[MAX_JOURNAL_ENTRY_BYTES + 1];
	struct captured_output output;
	struct stat status;
	ssize_t size;

	(void)state;
	assert_int_equal(fstat(STDOUT_FILENO, &status), 0);
	assert_false(journal_open(NULL, STDOUT_FILENO, address.sun_path));
	assert_false(journal_open("", STDOUT_FILENO, address.sun_path));
	(void)snprintf(stream, sizeof(stream), "%llu:%llu", (unsigned long long)status.st_dev,
		       (unsigned long long)status.st_ino + 1);
	assert_false(journal_open(stream, STDOUT_FILENO, address.sun_path));
	(void)snprintf(stream, sizeof(stream), "%llu:%llux", (unsigned long long)status.st_dev,
		       (unsigned long long)status.st_ino);
	assert_false(journal_open(stream, STDOUT_FILENO, address.sun_path));
	stream[strlen(stream) - 1] = '\0';
	assert_false(journal_open(stream, STDOUT_FILENO, "/nonexistent/socket"));
	assert_true(journal_open(stream, STDOUT_FILENO, address.sun_path));

	captured_output_begin(&output, STDERR_FILENO);
	log_warning("%d left", 3);
	assert_string_equal(captured_output_end(&output), "");
	size = recv(fd, entry, MAX_JOURNAL_ENTRY_BYTES, MSG_DONTWAIT);
	assert_true(size > 0);
	entry[size] = '\0';
	assert_non_null(strstr(entry, "PRIORITY=4\n"));
	assert_non_null(strstr(entry, "CODE_FUNC=test_stream\n"));
	assert_non_null(strstr(entry, "MESSAGE=3 left\n"));

	/* The journal is gone: the line is not. */
	close_receiver(fd, &address);
	captured_output_begin(&output, STDERR_FILENO);
	log_warning("%d left", 2);
	assert_string_equal(captured_output_end(&output), "limpet: warning: 2 left\n");
	log_set_sink(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_entry),
		cmocka_unit_test(test_lines),
		cmocka_unit_test(test_too_long),
		cmocka_unit_test(test_stream),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
