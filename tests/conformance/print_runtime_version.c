/*
 * Prints name, version, how long it took (microseconds) and the main script of a process, a line
 * each.
 * usage: print_runtime_version PID EXECUTABLE_NAME
 */
#include <stdio.h>
#include <stdlib.h>
#include "base/clock.h"
#include "process/elf_language.h"
#include "process/process_scene.h"

int main(int argc, char **argv)
{
	static struct process_scene scene;
	uint64_t begin_ns = clock_monotonic_ns();
	enum process_runtime runtime;

	if (argc != 3)
		return 2;
	runtime = elf_language_of_name(view_of_text(argv[2]));
	if (runtime == RUNTIME_NATIVE && argv[2][0] == '.')
		runtime = RUNTIME_GO;
	process_scene_read("/proc", (pid_t)atoi(argv[1]), runtime, &scene);
	(void)printf("%s\n%s\n%llu\n%s\n", scene.version.name, scene.version.version,
		     (unsigned long long)(clock_monotonic_ns() - begin_ns) / 1000, scene.script);
	return 0;
}
