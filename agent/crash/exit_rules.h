/*
 * Which ends without a crash are events: "on" (every non-zero status and every death by SIGPIPE and
 * the like), "off", or a list of NAME[:STATUS], where NAME is the process's name or "*" and STATUS
 * a number, 128 + signal for deaths by a signal. Pure.
 */
#ifndef CRASH_EXIT_RULES_H
#define CRASH_EXIT_RULES_H

#include <stdbool.h>
#include "base/view.h"

/* Are the rules written as they should be? */
bool exit_rules_are_valid(struct view rules);

bool exit_rules_match(struct view rules, struct view process_name, int status);

/* How programs leave that take a request to end (SIGHUP, SIGINT, SIGTERM) and say so: the JVM's
 * 143. */
bool exit_rules_was_asked(int status);

#endif
