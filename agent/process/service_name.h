/* service.name of a process that was never told it has one. */
#ifndef PROCESS_SERVICE_NAME_H
#define PROCESS_SERVICE_NAME_H

#include "base/view.h"
#include "process/elf_language.h"

#define SERVICE_NAME_BYTES 256

/* What is known; any of it may be empty. */
struct service_clues {
	enum process_runtime runtime;
	struct view executable_path;
	struct view command_line;
	struct view environment;
	struct view cgroup;
	struct view attribute_name; /* service.name in its OTEL_RESOURCE_ATTRIBUTES */
	struct view task_name;      /* of the main thread, as the kernel has it */
};

/*
 * OTEL_SERVICE_NAME, service.name of OTEL_RESOURCE_ATTRIBUTES, systemd unit, script of an
 * interpreter, executable, task name, "unknown_service": the first there is. NUL-terminated, never
 * empty.
 */
void service_name_choose(const struct service_clues *clues, char ret_name[SERVICE_NAME_BYTES]);

#endif
