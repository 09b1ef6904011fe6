/* gzip, fast: whole bodies through libdeflate. The state is kept between calls. One thread. */
#ifndef EXPORTERS_GZIP_ENCODER_H
#define EXPORTERS_GZIP_ENCODER_H

#include "base/byte_buffer.h"

struct gzip_encoder;

int gzip_encoder_new(struct gzip_encoder **ret);
void gzip_encoder_free(struct gzip_encoder **encoder);

/*
 * Into out, cleared first. -ENOMEM when out's cap may be reached (the body and an eighth, plus 128
 * bytes, is always enough); out is then empty.
 */
int gzip_encoder_run(struct gzip_encoder *encoder, struct view body, struct byte_buffer *out);

#endif
