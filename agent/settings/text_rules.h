/* What the text of a setting may look like. Whatever passes can be put into a header, a log line or
 * a protobuf string. */
#ifndef SETTINGS_TEXT_RULES_H
#define SETTINGS_TEXT_RULES_H

#include <stdbool.h>
#include "base/view.h"

#define MAX_TEXT_BYTES 8192

/* Valid UTF-8 without control characters or bidirectional overrides, within the bound. */
bool text_rules_is_printable(struct view text);

/* Anything a file can be called but control characters; need not be UTF-8. */
bool text_rules_is_file_name(struct view text);

/* http or https, a host, maybe a port from 1 to 65535; printable, without spaces. */
bool text_rules_is_url(struct view text);

/* name=value,name=value with percent-encoded values, which decode to printable text. */
bool text_rules_is_pairs(struct view text);

/* The part of a URL between "://" and the last '@' of its authority; empty when there is none. */
struct view text_rules_url_credentials(struct view url);

#endif
