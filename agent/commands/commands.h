/* limpet's commands. Each takes the settings, does its work, says what went wrong, and returns the
 * exit code. Main thread. */
#ifndef COMMANDS_COMMANDS_H
#define COMMANDS_COMMANDS_H

#include "settings/settings.h"

int command_run(const struct settings *settings);
int command_attach(const struct settings *settings);
int command_agent(struct settings *settings); /* changed when they are read again */
int command_status(const struct settings *settings);
int command_replay(const struct settings *settings);
int command_replay_quietly(const struct settings *settings); /* without the totals */
/* The same, to one destination only; it is taken. */
struct exporter;
int command_replay_into(const struct settings *settings, struct exporter **exporter);
int command_report(const struct settings *settings);
int command_diff(const struct settings *settings);

#endif
