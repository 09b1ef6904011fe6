/* The exporter in a pseudo terminal: what it shows, what it leaves behind, and what it is without
 * one. */
#include "screen_golden.h"

#include <fcntl.h>
#include <locale.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <unistd.h>
#include "base/log.h"
#include "exporters/exporter.h"
#include "screen/screen.h"

static void export_one(struct exporter *exporter, struct item *item)
{
	struct batch batch = {item->kind, &item, 1};
	struct export_result result;

	exporter->ops->export(exporter, &batch, &result);
	assert_int_equal(result.outcome, EXPORT_SENT);
	assert_int_equal(result.rejected_count, 0);
}

static void export_sample(struct exporter *exporter)
{
	struct segment *segment = known_segment();
	struct crash *crash = known_crash();
	struct item *item;

	assert_int_equal(item_new_segment(&item, &segment), 0);
	export_one(exporter, item);
	item_release(&item);
	crash->unix_ns = clock_monotonic_ns() + clock_unix_offset_ns();
	assert_int_equal(item_new_crash(&item, &crash), 0);
	export_one(exporter, item);
	item_release(&item);
	exporter->ops->flush(exporter);
}

/* Without a terminal there is a summary all the same. */
static void never_started(void **state)
{
	struct screen_settings settings = {.is_utf8 = true, .drops = &sample_drops};
	struct exporter *exporter;
	struct screen *screen;
	char *text;
	size_t size;

	(void)state;
	settings.out = open_memstream(&text, &size);
	assert_int_equal(screen_new(&exporter, &screen, &settings), 0);
	export_sample(exporter);
	assert_true(screen_has_quit(screen));
	exporter->ops->close(&exporter);
	assert_null(exporter);
	(void)fclose(settings.out);
	assert_non_null(strstr(text, "SIGSEGV  shop (4711)"));
	assert_non_null(strstr(text, "GET /orders/{id}"));
	assert_non_null(strstr(text, "1 trace, 3 spans, 1 error in 25.0 ms"));
	free(text);
	assert_true(screen_has_quit(NULL));
	screen_tell(NULL, NULL);
	assert_true(screen_start(NULL) < 0);
}

/* The child with the terminal: until somebody presses q. */
static void show(void)
{
	struct screen_settings settings = {.out = stdout, .is_utf8 = true, .drops = &sample_drops};
	struct screen_facts *facts = calloc(1, sizeof(*facts));
	struct exporter *exporter;
	struct screen *screen;

	(void)setenv("TERM", "xterm", 1);
	(void)setlocale(LC_ALL, "C.UTF-8");
	(void)signal(SIGINT, SIG_IGN);
	sample_screen_facts(facts);
	if (screen_new(&exporter, &screen, &settings) < 0 || screen_start(screen) < 0)
		_exit(2);
	screen_tell(screen, facts);
	log_info("a word meanwhile");
	export_sample(exporter);
	for (int i = 0; i < 1000 && !screen_has_quit(screen); i++)
		(void)usleep(10000);
	facts->is_over = true;
	screen_tell(screen, facts);
	exporter->ops->close(&exporter);
	free(facts);
	exit(0);
}

/* Whatever comes until the words are in it. */
static bool read_until(int fd, char *text, size_t size, const char *words)
{
	size_t used = strlen(text);

	for (int i = 0; i < 1000 && !strstr(text, words); i++) {
		struct pollfd event = {.fd = fd, .events = POLLIN};
		ssize_t count =
			poll(&event, 1, 10) > 0 ? read(fd, text + used, size - used - 1) : 0;

		if (count < 0)
			break;
		used += (size_t)count;
		text[used] = '\0';
	}
	return strstr(text, words);
}

static void on_a_terminal(void **state)
{
	static char text[262144];
	struct winsize size = {.ws_row = 24, .ws_col = 80};
	int master, status;
	pid_t pid;

	(void)state;
	pid = forkpty(&master, NULL, NULL, &size);
	assert_true(pid >= 0);
	if (pid == 0)
		show();
	assert_true(read_until(master, text, sizeof(text), "GET /orders/{id}"));
	assert_non_null(strstr(text, "PID 4711 (shop) and 3 children"));
	assert_true(read_until(master, text, sizeof(text), "a word meanwhile"));
	assert_int_equal(write(master, "5", 1), 1);
	assert_true(read_until(master, text, sizeof(text), "futex"));
	size.ws_row = 40;
	assert_int_equal(ioctl(master, TIOCSWINSZ, &size), 0);
	assert_int_equal(write(master, "?", 1), 1);
	assert_true(read_until(master, text, sizeof(text), "so many percent were faster"));
	assert_int_equal(write(master, "xq", 2), 2);
	assert_true(read_until(master, text, sizeof(text), "1 trace, 3 spans, 1 error"));
	assert_true(read_until(master, text, sizeof(text), "limpet: a word meanwhile"));
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
	(void)close(master);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(never_started),
		cmocka_unit_test(on_a_terminal),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
