/* AWS S3, a refinement of HTTP. */
#ifndef PROTOCOLS_S3_H
#define PROTOCOLS_S3_H

#include "protocols/http_refinement.h"

extern const struct http_refinement s3_refinement;

#endif
