/*
 * Secrets that a setting only names: "file:/PATH", or "credential:NAME", a file that the service
 * manager handed over (CREDENTIALS_DIRECTORY). Read when the settings are loaded.
 */
#ifndef SETTINGS_SECRET_FILE_H
#define SETTINGS_SECRET_FILE_H

#include <stdbool.h>
#include "base/byte_buffer.h"
#include "base/view.h"
#include "settings/settings.h"

#define MAX_SECRET_BYTES 16384

bool secret_file_is_named(struct view text);

/* The content without the white space around it, into a buffer that can take MAX_SECRET_BYTES. 0,
 * or -EACCES after a message that names the file, the cause and the mend. */
int secret_file_read(struct view text, struct byte_buffer *ret);

/* What the service manager handed over by a name that an option has (its `credential`). -EINVAL
 * after a message. */
int secret_file_apply_credentials(struct settings *settings, const char *directory);

#endif
