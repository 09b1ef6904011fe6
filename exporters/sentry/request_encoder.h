/* The request a server span answers, as Sentry's `request`: method and URL without query, no
 * headers, no body. */
#ifndef SENTRY_REQUEST_ENCODER_H
#define SENTRY_REQUEST_ENCODER_H

#include <jansson.h>
#include "model/attribute.h"

/* A new reference; empty when nothing is known. */
json_t *request_encoder_encode(const struct attribute_list *attributes);

#endif
