/* Sentry's status word of a span, from its HTTP status code or, without one, its OTel status. */
#ifndef SENTRY_STATUS_WORD_H
#define SENTRY_STATUS_WORD_H

#include "model/span.h"

const char *status_word(const struct span *span);

#endif
