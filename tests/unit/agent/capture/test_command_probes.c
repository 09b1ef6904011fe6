/* Which file a command turns out to be, with an attacher of the test's own and a folder of files
 * made for it. */
#include "cmocka_test.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>
#include "base/log.h"
#include "capture/command_probes.h"
#include "capture/runtime_probes.h"
#include "symbol_elf.h"

#define NODE_SYMBOL                                                                                \
	"_ZN4node6errors24TriggerUncaughtExceptionEPN2v87IsolateENS1_"                             \
	"5LocalINS1_5ValueEEENS4_INS1_7MessageEEEb"

static char folder[64], other[80];
static struct symbol_elf elf;
static uint32_t attached;
static pid_t last_pid;

static struct bpf_program *find_program(void *self, const char *name)
{
	(void)self;
	return strcmp(name, "on_node_uncaught") == 0 ? (struct bpf_program *)(uintptr_t)name : NULL;
}

static struct probe_link *attach(void *self, const struct probe_order *order, const char *file)
{
	(void)self;
	(void)file;
	assert_int_equal(order->targets_count, 1);
	assert_int_equal(order->targets[0].file_offset, 0x20);
	attached++;
	last_pid = order->pid;
	return (struct probe_link *)&attached;
}

static void detach(void *self, struct probe_link *link)
{
	(void)self;
	(void)link;
}

static void write_file(const char *name, const void *bytes, size_t size, mode_t mode)
{
	char path[160];
	int fd;

	(void)snprintf(path, sizeof(path), "%s/%s", folder, name);
	(void)unlink(path);
	fd = open(path, O_CREAT | O_WRONLY | O_TRUNC, mode);
	assert_true(fd >= 0);
	assert_int_equal(write(fd, bytes, size), size);
	close(fd);
}

static void write_script(const char *name, const char *text)
{
	write_file(name, text, strlen(text), 0755);
}

static int begin(void **state)
{
	const struct symbol_row rows[] = {{NODE_SYMBOL, CODE_ADDRESS + 0x20, 4, STT_FUNC}, {0}};
	char path[160];
	struct view file;

	(void)state;
	log_set_level(LOG_LEVEL_ERROR);
	(void)snprintf(folder, sizeof(folder), "/tmp/limpet-test-XXXXXX");
	assert_non_null(mkdtemp(folder));
	(void)snprintf(other, sizeof(other), "%s/other", folder);
	assert_int_equal(mkdir(other, 0755), 0);
	symbol_elf_begin(&elf);
	symbol_elf_add_table(&elf, ".dynsym", SHT_DYNSYM, rows);
	file = symbol_elf_end(&elf);
	write_file("node", file.bytes, file.size, 0755);
	(void)snprintf(path, sizeof(path), "%s/js", folder);
	return symlink("node", path);
}

static int end(void **state)
{
	char command[100];

	(void)state;
	(void)snprintf(command, sizeof(command), "/bin/rm -r %s", folder);
	return system(command);
}

/* How many places of what the command is are watched. */
static uint32_t count_watched(const char *path, const char *command)
{
	struct probe_attacher_calls calls = {NULL, attach, detach};
	struct runtime_probes_settings wanted = {.libraries = runtime_probe_runtimes,
						 .wanted = PROBES_AUTO,
						 .loss = RUNTIME_PROBE_LOSS};
	struct runtime_probes *probes;

	attached = 0;
	last_pid = 0;
	assert_int_equal(setenv("PATH", path, 1), 0);
	assert_int_equal(runtime_probes_new(&probes, &wanted, find_program, NULL), 0);
	assert_int_equal(runtime_probes_set_calls(probes, &calls), 0);
	command_probes_attach(probes, 77, command);
	assert_int_equal(runtime_probes_count(probes), attached);
	runtime_probes_free(&probes);
	assert_int_equal(last_pid, attached ? 77 : 0);
	return attached;
}

static uint32_t count_in_folder(const char *name)
{
	char path[160];

	(void)snprintf(path, sizeof(path), "%s/%s", folder, name);
	return count_watched("", path);
}

static void names_and_paths(void **state)
{
	char path[200];

	(void)state;
	assert_int_equal(count_in_folder("node"), 1);
	assert_int_equal(count_in_folder("js"), 1); /* a link: what it leads to */
	assert_int_equal(count_in_folder("none"), 0);
	(void)snprintf(path, sizeof(path), "/nowhere:%s:%s", other, folder);
	assert_int_equal(count_watched(path, "node"), 1);
	assert_int_equal(count_watched(path, "js"), 1);
	assert_int_equal(count_watched(other, "node"), 0);
	assert_int_equal(count_watched("", ""), 0);
	assert_int_equal(chdir(folder), 0);
	assert_int_equal(count_watched(":/nowhere", "node"), 1); /* an empty entry: here */
	assert_int_equal(count_watched("/nowhere", "./node"), 1);
	assert_int_equal(count_watched("/nowhere", "node"), 0);
	assert_int_equal(chdir("/"), 0);
}

static void scripts(void **state)
{
	char text[160];

	(void)state;
	(void)snprintf(text, sizeof(text), "#! %s/node --flag\n1\n", folder);
	write_script("direct", text);
	assert_int_equal(count_in_folder("direct"), 1);
	(void)snprintf(text, sizeof(text), "#!%s/direct", folder);
	write_script("twice", text);
	assert_int_equal(count_in_folder("twice"), 1);
	write_script("by_env", "#!/usr/bin/env -S A=b node -u\n");
	assert_int_equal(count_in_folder("by_env"), 0);
	(void)snprintf(text, sizeof(text), "%s/by_env", folder);
	assert_int_equal(count_watched(folder, text), 1);
	write_file("not_executable", "#!/usr/bin/env node\n", 20, 0644);
	(void)snprintf(text, sizeof(text), "%s/not_executable", folder);
	assert_int_equal(count_watched(folder, text), 0);
}

/* Nothing is found, and it ends. */
static void odd_scripts(void **state)
{
	static const char *const texts[] = {
		"", "#", "#!", "#!\n", "#! \t \n", "#!env", "#!/usr/bin/env\n", "text\n"};
	char text[160], long_line[600];

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		write_script("odd", texts[i]);
		assert_int_equal(count_in_folder("odd"), 0);
	}
	(void)snprintf(text, sizeof(text), "#!%s/circle\n", folder);
	write_script("circle", text);
	assert_int_equal(count_in_folder("circle"), 0);
	memset(long_line, 'x', sizeof(long_line) - 1);
	long_line[sizeof(long_line) - 1] = '\0';
	memcpy(long_line, "#!/", 3);
	write_script("long", long_line);
	assert_int_equal(count_in_folder("long"), 0);
	assert_int_equal(count_watched("/tmp", long_line + 3), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_and_paths),
		cmocka_unit_test(scripts),
		cmocka_unit_test(odd_scripts),
	};

	return cmocka_run_group_tests(tests, begin, end);
}
