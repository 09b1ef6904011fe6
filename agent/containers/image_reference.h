/* "registry:5000/team/shop:1.2@sha256:…" in its parts, as OCI's distribution has them. Pure. */
#ifndef CONTAINERS_IMAGE_REFERENCE_H
#define CONTAINERS_IMAGE_REFERENCE_H

#include <stdbool.h>
#include "base/view.h"

/* Borrowed from the text; tag and digest may be empty. */
struct image_reference {
	struct view name;
	struct view tag;
	struct view digest; /* "sha256:…" */
};

/* False: it is empty, or an image's id ("sha256:…", 64 hex digits) and names nothing. */
bool image_reference_parse(struct view text, struct image_reference *ret);

#endif
