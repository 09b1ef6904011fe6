/* Scenes of real processes: our own and a child's; kept, inherited, forgotten. */
#include "exceptions/process_scenes.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include "base/drops.h"
#include "source_folder.h"

static struct process_table *processes;
static struct process_scenes *scenes;
static struct identity_settings identity;
static struct drops drops;

static void open_scenes(size_t max_processes, bool reads_proc)
{
	assert_int_equal(process_table_new(&processes, &identity, 16, &drops), 0);
	assert_int_equal(process_scenes_new(&scenes, max_processes, processes, reads_proc), 0);
}

static void close_scenes(void)
{
	process_scenes_free(&scenes);
	process_table_free(&processes);
}

static const struct process_scene *scene_of(pid_t pid)
{
	return process_scenes_of(scenes, (uint32_t)pid);
}

static void test_own(void **state)
{
	(void)state;
	open_scenes(4, true);
	assert_true(scene_of(getpid())->is_known);
	assert_int_equal(scene_of(getpid())->identity.uid, geteuid());
	process_scenes_meet(scenes, (uint32_t)getpid());
	assert_true(scene_of(getpid())->identity.is_known);
	process_scenes_forget(scenes, (uint32_t)getpid());
	process_scenes_forget(scenes, (uint32_t)getpid());
	process_scenes_meet(scenes, (uint32_t)getpid());
	assert_true(scene_of(getpid())->is_known);
	close_scenes();
}

/* It is gone: who it was stays known, whoever asks again. */
static void test_gone(void **state)
{
	struct source_folder folder;
	pid_t child;

	(void)state;
	source_folder_begin(&folder);
	if (!source_folder_be_nobody(&folder)) {
		source_folder_end(&folder);
		print_message("SKIP: not root: no process of another user\n");
		skip();
	}
	child = folder.child;
	open_scenes(4, true);
	process_scenes_meet(scenes, (uint32_t)child);
	assert_int_equal(scene_of(child)->identity.uid, SOURCE_FOLDER_NOBODY);
	source_folder_end_child(&folder);
	process_scenes_meet(scenes, (uint32_t)child);
	assert_true(scene_of(child)->identity.is_known);
	assert_int_equal(scene_of(child)->identity.uid, SOURCE_FOLDER_NOBODY);
	close_scenes();
	source_folder_end(&folder);
}

static void test_replay(void **state)
{
	(void)state;
	open_scenes(4, false);
	assert_false(scene_of(getpid())->is_known);
	process_scenes_forget(scenes, (uint32_t)getpid());
	close_scenes();
}

/* A program as small as /bin/sleep, with a text of a runtime's library in the place of another. */
static void make_library(const char *path)
{
	static char bytes[1 << 20];
	int from = open("/bin/sleep", O_RDONLY), to = open(path, O_WRONLY | O_CREAT, 0700);
	ssize_t size = read(from, bytes, sizeof(bytes));
	char *place = memmem(bytes, (size_t)size, "GNU coreutils", 14);

	assert_non_null(place);
	/* The test itself, which will be called ruby, must not hold it. */
	(void)snprintf(place, 14, "%s %s", "ruby", "3.1.2p20");
	assert_int_equal(write(to, bytes, (size_t)size), size);
	close(from);
	close(to);
}

/* The other program, as Ruby begins: its library is mapped when it was looked at already. */
static int be_ruby(const char *library)
{
	int fd = open(library, O_RDONLY);
	char byte;

	if (read(STDIN_FILENO, &byte, 1) != 1 ||
	    mmap(NULL, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE, fd, 0) == MAP_FAILED ||
	    write(STDOUT_FILENO, &byte, 1) != 1)
		return 1;
	return (int)read(STDIN_FILENO, &byte, 1);
}

static pid_t start_ruby(const char *program, const char *library, int *ret_in, int *ret_out)
{
	int in[2], out[2];
	pid_t child;

	assert_int_equal(pipe2(in, O_CLOEXEC), 0);
	assert_int_equal(pipe2(out, O_CLOEXEC), 0);
	child = fork();
	if (child == 0) {
		(void)dup2(in[0], STDIN_FILENO);
		(void)dup2(out[1], STDOUT_FILENO);
		(void)execl(program, program, "--ruby", library, NULL);
		_exit(127);
	}
	close(in[0]);
	close(out[1]);
	*ret_in = in[1];
	*ret_out = out[0];
	return child;
}

static void test_version_comes_later(void **state)
{
	char folder[] = "/tmp/limpet-scenes-XXXXXX", program[64], library[64], command[512],
	     exe[64];
	int in, out;
	pid_t child;
	char byte = 0;

	(void)state;
	assert_non_null(mkdtemp(folder));
	(void)snprintf(program, sizeof(program), "%s/ruby", folder);
	(void)snprintf(library, sizeof(library), "%s/libruby-3.1.so.3.1", folder);
	(void)snprintf(command, sizeof(command), "cp /proc/%d/exe %s", (int)getpid(), program);
	assert_int_equal(system(command), 0);
	make_library(library);
	open_scenes(4, true);
	child = start_ruby(program, library, &in, &out);
	(void)snprintf(command, sizeof(command), "/proc/%d/exe", (int)child);
	do {
		ssize_t size = readlink(command, exe, sizeof(exe) - 1);

		exe[size > 0 ? size : 0] = '\0';
		assert_int_equal(waitpid(child, NULL, WNOHANG), 0); /* it could be started */
	} while (strcmp(exe, program) != 0);
	(void)process_table_learn(processes, child);
	assert_int_equal(scene_of(child)->runtime, RUNTIME_RUBY);
	assert_string_equal(scene_of(child)->version.version, "");
	assert_int_equal(write(in, &byte, 1), 1);
	assert_int_equal(read(out, &byte, 1), 1);
	assert_string_equal(scene_of(child)->version.version, "3.1.2");
	close(in);
	close(out);
	assert_int_equal(waitpid(child, NULL, 0), child);
	close_scenes();
	(void)snprintf(command, sizeof(command), "rm -r %s", folder);
	assert_int_equal(system(command), 0);
}

/* The oldest makes room. */
static void test_room(void **state)
{
	(void)state;
	open_scenes(2, true);
	(void)scene_of(getpid());
	for (pid_t pid = 1; pid < 10; pid++)
		(void)scene_of(pid);
	assert_true(scene_of(getpid())->is_known);
	close_scenes();
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_own),
		cmocka_unit_test(test_gone),
		cmocka_unit_test(test_replay),
		cmocka_unit_test(test_room),
		cmocka_unit_test(test_version_comes_later),
	};

	if (argc == 3 && strcmp(argv[1], "--ruby") == 0)
		return be_ruby(argv[2]);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
