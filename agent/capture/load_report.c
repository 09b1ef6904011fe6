/*
 * Messages about a program begin with "prog 'NAME': ". The verifier's log comes as one message of
 * up to megabytes: its last lines say what it refused.
 */
#include "capture/load_report.h"

#include <stdio.h>
#include <string.h>
#include "base/cleanup.h"
#include "base/log.h"

#define MAX_PROGRAM_NAME_BYTES 64
#define SHOWN_BYTES            1024

/* libbpf's messages come without a context. */
static char program_name[MAX_PROGRAM_NAME_BYTES];

/* "libbpf: prog 'NAME': failed to load: -13" and its like. */
static void note_program(const char *message)
{
	static const char opening[] = "prog '";
	const char *begin = strstr(message, opening), *end;

	if (!begin || !strstr(message, "failed"))
		return;
	begin += sizeof(opening) - 1;
	end = strchr(begin, '\'');
	if (!end || end - begin >= (long)sizeof(program_name))
		return;
	memcpy(program_name, begin, (size_t)(end - begin));
	program_name[end - begin] = '\0';
}

static void show(const char *message)
{
	char escaped[2 * SHOWN_BYTES];
	struct view text = view_of_text(message);

	if (text.size > SHOWN_BYTES)
		text = view_skip(text, text.size - SHOWN_BYTES);
	if (text.size > 0 && text.bytes[text.size - 1] == '\n')
		text.size--;
	log_debug("%s", log_escape(text, escaped, sizeof(escaped)));
}

int load_report_print(enum libbpf_print_level level, const char *format, va_list args)
{
	_cleanup_(cleanup_free) char *message = NULL;

	/* What is said at length is not for us unless somebody wants to see it. */
	if (level == LIBBPF_DEBUG || (level == LIBBPF_INFO && !log_is_enabled(LOG_LEVEL_DEBUG)))
		return 0;
	if (vasprintf(&message, format, args) < 0) {
		message = NULL;
		return 0;
	}
	if (level == LIBBPF_WARN)
		note_program(message);
	if (log_is_enabled(LOG_LEVEL_DEBUG))
		show(message);
	return 0;
}

void load_report_reset(void)
{
	program_name[0] = '\0';
}

const char *load_report_program(void)
{
	return program_name;
}
