/* Origins: one small record per row of the option table, allocated with the settings. */
#include "settings/settings_origins.h"

#include <stdio.h>
#include <stdlib.h>
#include "base/log.h"

struct settings_origins *settings_origins_new(void)
{
	return calloc(1, offsetof(struct settings_origins, of) +
				 option_table_count * sizeof(struct origin));
}

const char *settings_origins_words(const struct settings *settings, const struct option *option,
				   char *buffer, size_t size)
{
	const struct origin *origin = settings_origins_of(settings, option);
	char file[256];

	switch (origin->kind) {
	case ORIGIN_DEFAULT:
		(void)snprintf(buffer, size, "default");
		break;
	case ORIGIN_FILE:
		log_escape(view_of_text(settings->config_file), file, sizeof(file));
		(void)snprintf(buffer, size, "%s:%u", file, origin->line);
		break;
	case ORIGIN_ENVIRONMENT:
		(void)snprintf(buffer, size, "environment %s", origin->name);
		break;
	case ORIGIN_CREDENTIAL:
		(void)snprintf(buffer, size, "credential %s", origin->name);
		break;
	case ORIGIN_COMMAND_LINE:
		(void)snprintf(buffer, size, "command line");
		break;
	}
	return buffer;
}
