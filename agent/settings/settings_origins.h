/* Where each setting came from: shown by `limpet config`, and in messages about two settings that
 * do not go together. */
#ifndef SETTINGS_SETTINGS_ORIGINS_H
#define SETTINGS_SETTINGS_ORIGINS_H

#include <stdbool.h>
#include <stddef.h>
#include "settings/option_table.h"
#include "settings/settings.h"

enum origin_kind {
	ORIGIN_DEFAULT,
	ORIGIN_FILE,
	ORIGIN_ENVIRONMENT,
	ORIGIN_COMMAND_LINE,
	ORIGIN_CREDENTIAL
};

struct origin {
	enum origin_kind kind;
	unsigned line;    /* file */
	const char *name; /* environment: the variable; credential: its name; static storage */
};

struct settings_origins {
	struct origin of[0]; /* option_table_count of them */
};

struct settings_origins *settings_origins_new(void);

static inline struct origin *settings_origins_of(const struct settings *settings,
						 const struct option *option)
{
	return &settings->origins->of[option_table_index(option)];
}

/* "default", "limpet.yaml:12", "LIMPET_RECORD", "command line". Returns buffer. */
const char *settings_origins_words(const struct settings *settings, const struct option *option,
				   char *buffer, size_t size);

#endif
