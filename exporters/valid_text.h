/* Text on its way out must be valid UTF-8: OTLP receivers refuse a whole request for one bad byte,
 * and JSON has no other form. */
#ifndef EXPORTERS_VALID_TEXT_H
#define EXPORTERS_VALID_TEXT_H

#include "base/byte_buffer.h"
#include "base/view.h"

/* How many bytes from the start are valid UTF-8: text.size when all of it is. */
size_t valid_text_prefix(struct view text);

/*
 * The text itself when it is valid. Otherwise a copy in scratch (cleared first; valid until it is
 * used again) in which U+FFFD stands for each bad byte; empty when scratch is too small for it.
 */
struct view valid_text_of(struct view text, struct byte_buffer *scratch);

#endif
