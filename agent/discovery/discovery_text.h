/* The rules of all settings together, in the order in which they are asked. */
#ifndef DISCOVERY_DISCOVERY_TEXT_H
#define DISCOVERY_DISCOVERY_TEXT_H

#include "settings/discovery_rules.h"
#include "settings/settings.h"

/* ignore-executables, then the rules, then only-executables and only-ports. -EINVAL after a
 * message, -ENOMEM. */
int discovery_text_parse(struct discovery_rules **ret, const struct discovery_settings *settings);

#endif
