/* Which runtime a process is: by the name of its executable, and for Go by what the linker left. */
#ifndef PROCESS_ELF_LANGUAGE_H
#define PROCESS_ELF_LANGUAGE_H

#include <stdbool.h>
#include "base/view.h"

enum process_runtime {
	RUNTIME_UNKNOWN, /* not looked at yet, or it could not be read */
	RUNTIME_NATIVE,
	RUNTIME_GO,
	RUNTIME_PYTHON,
	RUNTIME_NODE,
	RUNTIME_DENO,
	RUNTIME_BUN,
	RUNTIME_JAVA,
	RUNTIME_RUBY,
	RUNTIME_PERL,
	RUNTIME_PHP,
	RUNTIME_DOTNET,
	RUNTIME_BEAM,
	RUNTIME_SHELL,
	RUNTIMES_COUNT,
};

/* By the base name of the executable ("python3.11", "node"); RUNTIME_NATIVE for any other. */
enum process_runtime elf_language_of_name(struct view executable_name);

/* Value of process.runtime.name: "cpython", "nodejs", "go" …; NULL when there is nothing to say. */
const char *elf_language_runtime_name(enum process_runtime runtime);

/* fd: a regular file. False for anything that is not a Go executable, hostile files included. */
bool elf_language_is_go(int fd);

#endif
