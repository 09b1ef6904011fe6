/* The rows of files made of a profile in option_table.c, the only file that includes this. */
#ifndef SETTINGS_PROFILE_OUTPUT_OPTIONS_H
#define SETTINGS_PROFILE_OUTPUT_OPTIONS_H

#include "settings/option_table.h"
#include "settings/settings.h"

/* clang-format off */
#define PROFILE_OUTPUT_OPTION(word, field, variable) \
	.name = word, .key = "terminal." #field, .environment = {variable}, .group = GROUP_TERMINAL, \
	.offset = offsetof(struct settings, terminal.field)

#define PROFILE_OUTPUT_OPTIONS \
	{PROFILE_OUTPUT_OPTION("folded", folded_file, "LIMPET_FOLDED"), .type = OPTION_FILE, .placeholder = "FILE", \
	 .help = "at the end, sampled stacks as lines with counts, for flame graph tools, to FILE"}, \
	{PROFILE_OUTPUT_OPTION("pprof", pprof_file, "LIMPET_PPROF"), .type = OPTION_FILE, .placeholder = "FILE", \
	 .help = "at the end, what was sampled for `go tool pprof`, to FILE"}, \
	{PROFILE_OUTPUT_OPTION("pprof-requests", pprof_requests, "LIMPET_PPROF_REQUESTS"), .type = OPTION_BOOLEAN, \
	 .initial = "off", .bare = "on", .placeholder = "on|off", .help = "with --pprof: trace_id and span_id as labels of samples; makes it larger"}, \
	{PROFILE_OUTPUT_OPTION("speedscope", speedscope_file, "LIMPET_SPEEDSCOPE"), .type = OPTION_FILE, \
	 .placeholder = "FILE", .help = "at the end, what was sampled for speedscope.app, to FILE"}, \
	{PROFILE_OUTPUT_OPTION("perfetto", perfetto_file, "LIMPET_PERFETTO"), .type = OPTION_FILE, \
	 .placeholder = "FILE", .help = "spans and what was sampled on one time line, for ui.perfetto.dev, to FILE"}
/* clang-format on */

#endif
