/*
 * Secrets in lines of source code: what is written out there. A literal behind a name of something
 * secret, a token of an Authorization header, a password in a URL. Names and calls stay, which is
 * what the lines are sent for: `password = get_password()` tells nobody's. Pure.
 */
#ifndef PROCESSORS_CODE_SCRUBBER_H
#define PROCESSORS_CODE_SCRUBBER_H

#include "base/arena.h"
#include "base/byte_buffer.h"

/* As text_scrubber_scrub. Lines are taken each for itself. */
struct view code_scrubber_scrub(struct view text, struct arena *arena, struct byte_buffer *work);

#endif
