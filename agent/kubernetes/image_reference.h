/* The parts of an image's name: "registry:5000/shop/web:1.2@sha256:…". Pure. */
#ifndef KUBERNETES_IMAGE_REFERENCE_H
#define KUBERNETES_IMAGE_REFERENCE_H

#include "base/view.h"

struct image_reference {
	struct view name;   /* "registry:5000/shop/web" */
	struct view tag;    /* "1.2"; may be empty */
	struct view digest; /* "sha256:…"; may be empty */
};

/* Views into the text; a text that is no reference is all name. */
struct image_reference image_reference_parse(struct view text);

#endif
