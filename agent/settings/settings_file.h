/* The settings file: opened, checked for size and permissions, read. */
#ifndef SETTINGS_SETTINGS_FILE_H
#define SETTINGS_SETTINGS_FILE_H

#include "settings/settings.h"

#define MAX_SETTINGS_FILE_BYTES 262144

/* 0, or -EINVAL after one or more messages naming file and line. A file with a secret in it that
 * others can read is refused. */
int settings_file_load(struct settings *settings, const char *path);

#endif
