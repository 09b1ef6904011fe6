/* Facts about the host from uname, sysconf, os-release and cpuinfo; what is not known stays empty
 * or 0. */
#include "exporters/sentry/host_context.h"

#include <stdio.h>
#include <sys/utsname.h>
#include "base/cleanup.h"
#include "base/clock.h"

#define MAX_TEXT_BYTES 8192

static void copy_unquoted(char *buffer, size_t size, struct view value)
{
	if (value.size >= 2 && (value.bytes[0] == '"' || value.bytes[0] == '\'') &&
	    value.bytes[value.size - 1] == value.bytes[0])
		value = view_take(view_skip(value, 1), value.size - 2);
	(void)snprintf(buffer, size, "%.*s", VIEW_FORMAT(value));
}

void host_context_parse_os_release(struct host_context *context, struct view text)
{
	const struct {
		struct view key;
		char *buffer;
		size_t size;
	} rows[] = {
		{VIEW_LITERAL("NAME="), context->distribution_name,
		 sizeof(context->distribution_name)},
		{VIEW_LITERAL("VERSION_ID="), context->distribution_version,
		 sizeof(context->distribution_version)},
		{VIEW_LITERAL("PRETTY_NAME="), context->distribution_pretty_name,
		 sizeof(context->distribution_pretty_name)},
	};
	struct view line;

	while (view_next_token(&text, '\n', &line))
		for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
			if (view_starts_with(line, rows[i].key))
				copy_unquoted(rows[i].buffer, rows[i].size,
					      view_trim(view_skip(line, rows[i].key.size)));
}

void host_context_parse_cpuinfo(struct host_context *context, struct view text)
{
	struct view line;
	ssize_t colon;

	while (view_next_token(&text, '\n', &line)) {
		colon = view_find_byte(line, ':');
		if (!view_starts_with(line, VIEW_LITERAL("model name")) || colon < 0)
			continue;
		copy_unquoted(context->processor_name, sizeof(context->processor_name),
			      view_trim(view_skip(line, (size_t)colon + 1)));
		return;
	}
}

/* The beginning of a file is enough for both. */
static void read_text(struct host_context *context, const char *path,
		      void (*parse)(struct host_context *context, struct view text))
{
	_cleanup_(cleanup_fclose) FILE *file = fopen(path, "re");
	char text[MAX_TEXT_BYTES];

	if (file)
		parse(context, view_of(text, fread(text, 1, sizeof(text), file)));
}

void host_context_read(struct host_context *ret)
{
	struct utsname names;
	long pages, page_bytes;

	*ret = (struct host_context){0};
	if (uname(&names) == 0) {
		(void)snprintf(ret->hostname, sizeof(ret->hostname), "%s", names.nodename);
		(void)snprintf(ret->machine, sizeof(ret->machine), "%s", names.machine);
		(void)snprintf(ret->kernel_release, sizeof(ret->kernel_release), "%s",
			       names.release);
	}
	read_text(ret, "/etc/os-release", host_context_parse_os_release);
	read_text(ret, "/proc/cpuinfo", host_context_parse_cpuinfo);
	ret->boot_unix_ns = clock_unix_boot_offset_ns();
	ret->processor_count = sysconf(_SC_NPROCESSORS_ONLN);
	pages = sysconf(_SC_PHYS_PAGES);
	page_bytes = sysconf(_SC_PAGESIZE);
	if (pages > 0 && page_bytes > 0)
		ret->memory_bytes = (int64_t)pages * page_bytes;
}
