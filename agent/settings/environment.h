/* Settings from environment variables: OTEL_* and SENTRY_* by their specifications, LIMPET_* for
 * the rest. */
#ifndef SETTINGS_ENVIRONMENT_H
#define SETTINGS_ENVIRONMENT_H

#include "settings/settings.h"

/* 0, or -EINVAL after one or more messages. A bad OTEL_* value only warns and counts as unset. */
int environment_apply(struct settings *settings, char *const *environment);

/* The value of a variable; NULL when it is unset or empty. */
const char *environment_find(char *const *environment, const char *name);

#endif
