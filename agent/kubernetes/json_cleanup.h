/* _cleanup_ for jansson's values: every reading function owns the tree it made. */
#ifndef KUBERNETES_JSON_CLEANUP_H
#define KUBERNETES_JSON_CLEANUP_H

#include <jansson.h>
#include "base/cleanup.h"

static inline void cleanup_json(json_t **json)
{
	json_decref(*json);
	*json = NULL;
}

#endif
