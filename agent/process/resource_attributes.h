/* The value of OTEL_RESOURCE_ATTRIBUTES: key=value pairs with commas between, percent-encoded. */
#ifndef PROCESS_RESOURCE_ATTRIBUTES_H
#define PROCESS_RESOURCE_ATTRIBUTES_H

#include "base/view.h"
#include "model/attribute.h"

struct arena;

#define MAX_RESOURCE_ATTRIBUTES_BYTES 16384
#define MAX_RESOURCE_ATTRIBUTE_PAIRS  64

/*
 * Sets every pair as a string attribute. -EINVAL, and nothing set, when any part is malformed (the
 * specification: the whole value is discarded then) or beyond the caps; -ENOMEM likewise.
 */
int resource_attributes_parse(struct view text, struct attribute_list *list, struct arena *arena);

#endif
