/* What is captured and shown, where, and how it looks. */
#ifndef SETTINGS_TERMINAL_SETTINGS_H
#define SETTINGS_TERMINAL_SETTINGS_H

#include <stdbool.h>
#include "settings/event_list.h"

struct event_settings {
	char *list; /* --events; NULL: everything */
	struct event_words words;
};

enum switch_setting { SWITCH_AUTO, SWITCH_ON, SWITCH_OFF };

struct terminal_settings {
	enum switch_setting
		trees; /* --terminal auto|on|off; auto: on for run and attach, off for agent */
	enum switch_setting colours; /* --color auto|always|never */
	char *json_file;             /* --json[=FILE]; "-" is stdout */
	char *html_file;             /* --html FILE */
	/* Of what was sampled, at the end; "-" is stdout. */
	char *folded_file;         /* --folded FILE */
	char *pprof_file;          /* --pprof FILE */
	bool pprof_requests;       /* --pprof-requests: trace and span as labels; default off */
	char *speedscope_file;     /* --speedscope FILE */
	char *perfetto_file;       /* --perfetto FILE: spans, and what was sampled */
	enum switch_setting plain; /* --plain: lines that scroll; auto: of run, and no terminal */
	bool is_quiet;             /* --quiet */
};

#endif
