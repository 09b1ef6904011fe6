/*
 * Name and version of a process's runtime as Sentry's SDKs send them, found in its files: the texts
 * in its executable or library, what lies beside it, what its folder is called. Nothing is run,
 * every read is capped. Costs milliseconds: for a process that has something to report.
 */
#ifndef PROCESS_RUNTIME_VERSION_H
#define PROCESS_RUNTIME_VERSION_H

#include <sys/types.h>
#include "process/elf_language.h"

#define MAX_RUNTIME_NAME    32
#define MAX_RUNTIME_VERSION 64

/* "CPython" "3.11.7", "node" "v20.20.2", "Eclipse Adoptium" "17.0.15" (Java: the vendor), "go"
 * "go1.26.8", "ruby" "3.1.2", "php" "8.2.29", ".NET" "8.0.1", "perl" "v5.36.0"; "" when not known.
 */
struct runtime_version {
	char name[MAX_RUNTIME_NAME];
	char version[MAX_RUNTIME_VERSION];
};

/* Always fills it, as far as it can. A native process may have a runtime as a library: uwsgi,
 * apache, an application host of .NET. proc_root: "/proc". */
void runtime_version_find(const char *proc_root, pid_t tgid, enum process_runtime runtime,
			  struct runtime_version *ret);

#endif
