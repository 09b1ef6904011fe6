/* Stacks for the page: native threads with their registers, and the frames of exceptions. */
#ifndef REPORT_CRASH_FRAMES_H
#define REPORT_CRASH_FRAMES_H

#include "exporters/json_writer.h"
#include "model/crash.h"

/* An object; its frames end before the buffer is larger than limit. */
void crash_frames_append_thread(struct json_writer *writer, const struct crash *crash,
				const struct crash_thread *thread, size_t limit);

/* Members of an object that has begun. */
void crash_frames_append_exception(struct json_writer *writer, const struct exception *exception,
				   size_t limit);

#endif
