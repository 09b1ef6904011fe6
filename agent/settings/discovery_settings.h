/* Which processes of a whole host are traced: the part of the settings that can change live. */
#ifndef SETTINGS_DISCOVERY_SETTINGS_H
#define SETTINGS_DISCOVERY_SETTINGS_H

#include <stdbool.h>

struct discovery_settings {
	char *rules;              /* --discovery-rules, a list in the file: discovery_rules.h */
	char *ignore_executables; /* --ignore-executables: a rule before them */
	char *only_executables;   /* --only-executables: the last rules */
	char *only_ports;         /* --only-ports */
	bool suppress_sdk;        /* --suppress-sdk on|off, default on */
};

#endif
