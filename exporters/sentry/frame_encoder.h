/*
 * The frames of a language's stack as Sentry has them: from the oldest to the newest, with files,
 * lines and the source around them. Machine stacks are stacktrace_encoder.h's.
 */
#ifndef SENTRY_FRAME_ENCODER_H
#define SENTRY_FRAME_ENCODER_H

#include <jansson.h>
#include "model/exception.h"

struct frame_limits {
	uint32_t max_frames;        /* of more, half from each end stay */
	size_t max_name_characters; /* of functions, paths and lines of source */
	uint8_t max_source_lines;   /* before the line and after it */
	bool is_without_source;     /* not even the line itself */
	bool is_whole_path;         /* Node's SDK calls a file by all of its path */
};

/* `stacktrace`, a new reference; NULL without frames. */
json_t *frame_encoder_encode(const struct exception_frame *frames, uint32_t count,
			     struct frame_limits limits);

#endif
