/*
 * A chain of exceptions as text, in the way its language prints them: for what was never printed,
 * because the runtime itself told of it. Pure.
 */
#ifndef EXPORTERS_EXCEPTION_TEXT_H
#define EXPORTERS_EXCEPTION_TEXT_H

#include "base/byte_buffer.h"
#include "model/crash.h"

/* As far as the buffer's cap goes. */
void exception_text_append(struct byte_buffer *out, const struct crash *crash);

#endif
