/*
 * Where a writer of a profile puts its bytes: a buffer that goes into a stream whenever it is full,
 * so that no file has to be in memory. A failure stays until the end.
 */
#ifndef PROFILE_PROFILE_OUTPUT_H
#define PROFILE_PROFILE_OUTPUT_H

#include <stdio.h>
#include "base/byte_buffer.h"
#include "model/profile.h"

struct profile_output {
	struct byte_buffer buffer;
	FILE *stream; /* borrowed */
	bool is_failed;
};

void profile_output_init(struct profile_output *output, FILE *stream);
void profile_output_done(struct profile_output *output);

/* A name or path of the target's, as text for people: what is no UTF-8 becomes U+FFFD, what is not
 * printable a space. */
void profile_output_name(struct byte_buffer *buffer, struct view text);

/* Between two parts of a file: writes the buffer when there is much in it. */
void profile_output_pass(struct profile_output *output);

/* All of it. -EIO, -ENOMEM: something is missing in the stream. */
int profile_output_end(struct profile_output *output);

/* What a format is: it appends to the buffer and passes now and then. */
struct profile_writing {
	const struct profile *profile;
	bool has_requests; /* trace and span of each sample, where the format has a place for it */
};

#endif
