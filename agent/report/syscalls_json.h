/* The table of system calls for the page. */
#ifndef REPORT_SYSCALLS_JSON_H
#define REPORT_SYSCALLS_JSON_H

#include "exporters/json_writer.h"
#include "model/syscall_count.h"

struct syscalls_section {
	struct syscall_count *calls; /* NULL: none were counted */
	uint32_t count;
};

/* The value of the page's "syscalls"; of a struct syscalls_section. */
void syscalls_json_append(struct json_writer *writer, const void *section);

#endif
