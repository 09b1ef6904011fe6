/*
 * Secrets in free text that a program wrote: "password=…", "api_key: …", "Bearer …", and passwords
 * in URLs. A name, a separator and a value are what it looks for: prose about passwords stays.
 * Pure.
 */
#ifndef PROCESSORS_TEXT_SCRUBBER_H
#define PROCESSORS_TEXT_SCRUBBER_H

#include "base/arena.h"
#include "base/byte_buffer.h"

/* The text itself when there is nothing in it, else a copy in the arena. work: cleared, its cap
 * bounds the result; what does not fit is filtered as a whole. */
struct view text_scrubber_scrub(struct view text, struct arena *arena, struct byte_buffer *work);

#endif
