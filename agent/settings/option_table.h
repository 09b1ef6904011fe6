/*
 * The table of options: one row drives command line, file, environment, --help, `limpet config` and
 * validation. Adding an option is a field in settings.h and a row in option_table.c, nothing else.
 */
#ifndef SETTINGS_OPTION_TABLE_H
#define SETTINGS_OPTION_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "base/view.h"

#define MAX_ENVIRONMENT_NAMES 3

enum option_type {
	OPTION_STRING,      /* char *: valid UTF-8 without control characters; empty: NULL */
	OPTION_FILE,        /* char *: a path, or "-" where the help says so */
	OPTION_URL,         /* char *: http or https */
	OPTION_PAIRS,       /* char *: k=v,k=v, percent-encoded */
	OPTION_DESCRIPTORS, /* char *: 1,2 or off (settings/descriptor_list.h) */
	OPTION_PORTS,       /* char *: 53,5353 or off (settings/port_list.h) */
	OPTION_LISTEN,      /* char *: 9464, [::1]:9464 or off (settings/listen_address.h) */
	OPTION_RULES,       /* char *: rules of settings/discovery_rules.h; in a file also a list */
	OPTION_EVENTS,      /* char *: spans,crashes (settings/event_list.h) */
	OPTION_WORD,        /* an enum (int), by its words */
	OPTION_CHOICE,      /* char *: one of the words */
	OPTION_SIZE,        /* uint64_t bytes; suffixes KiB, MiB, GiB */
	OPTION_DURATION,    /* uint64_t milliseconds; suffixes ms, s, m, h */
	OPTION_NUMBER,      /* uint64_t */
	OPTION_RATIO,       /* double from 0 to 1 */
	OPTION_PERCENT,     /* double from 0 to 100, a % may follow */
	OPTION_BOOLEAN,     /* bool */
};

enum option_group {
	GROUP_GENERAL,
	GROUP_CAPTURE,
	GROUP_DISCOVERY,
	GROUP_CRASH,
	GROUP_EXCEPTIONS,
	GROUP_PROFILE,
	GROUP_TRACING,
	GROUP_SAMPLING,
	GROUP_IDENTITY,
	GROUP_KUBERNETES,
	GROUP_OTLP,
	GROUP_SENTRY,
	GROUP_TERMINAL,
	GROUP_DELIVERY,
	GROUP_SERVICE,
	GROUPS_COUNT
};

/* A word with the value of the one before it is a synonym: accepted but never shown. */
struct option_word {
	const char *word;
	int value;
};

struct option {
	const char *name; /* "ring-size" is --ring-size */
	const char *key;  /* "capture.ring_bytes"; NULL: not in a file */
	const char *environment[MAX_ENVIRONMENT_NAMES]; /* the first one that is set counts */
	enum option_type type;
	enum option_group group;
	size_t offset;                   /* in struct settings */
	const char *initial;             /* the default as one would write it; NULL: not set */
	const char *bare;                /* --name alone means this; NULL: a value is needed */
	const struct option_word *words; /* ends with a NULL word */
	uint64_t min, max;
	bool is_secret;
	bool is_live;           /* can change while limpet runs (settings_reload.h) */
	const char *credential; /* what a service manager hands it over as */
	bool is_power_of_two;
	char letter;             /* -c, or 0 */
	const char *placeholder; /* what --help calls the value */
	const char *example;     /* URLs: for the message about a bad one */
	const char *help;
};

extern const struct option option_table[];
extern const size_t option_table_count;

const char *option_table_group_title(enum option_group group);

/* NULL when there is none. */
const struct option *option_table_find_name(struct view name);
const struct option *option_table_find_key(struct view key);
const struct option *option_table_find_offset(size_t offset);

/* The first option whose key lies below this one ("capture.source" below "capture"); NULL: no such
 * section. */
const struct option *option_table_find_section(struct view key);

/* The known name most like a mistyped one; NULL when none is near. */
const char *option_table_nearest_name(struct view name);
const char *option_table_nearest_key(struct view key);
const char *option_table_nearest_environment(struct view name);

static inline bool option_table_is_synonym(const struct option *option,
					   const struct option_word *word)
{
	return word > option->words && word[-1].value == word->value;
}

static inline size_t option_table_index(const struct option *option)
{
	return (size_t)(option - option_table);
}

#endif
