/* One row per call, with its errors by name. There are at most a few hundred: all have room. */
#include "report/syscalls_json.h"

#include <stdio.h>
#include <string.h>
#include "report/report_text.h"

static void append_errors(struct json_writer *writer, const struct syscall_count *call)
{
	json_writer_key(writer, "errors");
	json_writer_begin(writer, '[');
	for (int i = 0; i < MAX_SYSCALL_ERRORS && call->errors[i].count; i++) {
		const char *name = strerrorname_np(call->errors[i].number);
		char number[16];

		(void)snprintf(number, sizeof(number), "%d", call->errors[i].number);
		json_writer_begin(writer, '{');
		report_text_set(writer, "name", view_of_text(name ? name : number));
		report_text_set_number(writer, "count", call->errors[i].count);
		json_writer_end(writer, '}');
	}
	json_writer_end(writer, ']');
}

static void append_call(struct json_writer *writer, const struct syscall_count *call)
{
	char number[32];

	(void)snprintf(number, sizeof(number), "number %ld", call->number);
	json_writer_begin(writer, '{');
	report_text_set(writer, "name", view_of_text(call->name ? call->name : number));
	report_text_set_number(writer, "count", call->count);
	report_text_set_number(writer, "failed", call->errors_count);
	report_text_set_number(writer, "sum", call->total_ns);
	report_text_set_number(writer, "mean", call->count ? call->total_ns / call->count : 0);
	report_text_set_number(writer, "max", call->max_ns);
	append_errors(writer, call);
	json_writer_end(writer, '}');
}

void syscalls_json_append(struct json_writer *writer, const void *section)
{
	const struct syscalls_section *syscalls = section;

	json_writer_begin(writer, '[');
	for (uint32_t i = 0; i < syscalls->count; i++)
		append_call(writer, &syscalls->calls[i]);
	json_writer_end(writer, ']');
}
