/* The text of a settings file: YAML, one document, nested keys, scalars only. Hostile until read.
 */
#ifndef SETTINGS_SETTINGS_DOCUMENT_H
#define SETTINGS_SETTINGS_DOCUMENT_H

#include "base/view.h"
#include "settings/settings.h"

/*
 * Sets what the text says; `path` is for messages. -EINVAL after one or more messages with file and
 * line. *ret_secret_line: where the first secret stands, 0 when there is none; set in any case.
 */
int settings_document_read(struct settings *settings, const char *path, struct view text,
			   unsigned *ret_secret_line);

#endif
