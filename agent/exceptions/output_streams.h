/*
 * What threads write, stream by stream: each gets a reader of its own (traceback_reader.h), which
 * lives as long as the kernel follows that thread's output. Bounded: beyond max_streams the one
 * silent longest ends. Capture thread; times are record times.
 */
#ifndef EXCEPTIONS_OUTPUT_STREAMS_H
#define EXCEPTIONS_OUTPUT_STREAMS_H

#include <linux/types.h>
#include "base/drops.h"
#include "model/event.h"
#include "tracebacks/traceback.h"

struct output_streams;

/* Where a report was written. */
struct output_place {
	uint32_t tgid;
	uint32_t tid;
	uint64_t context;
	uint64_t time_ns; /* of the write it began in */
};

struct output_streams_sink {
	void *self;
	/* A report may begin. id: never reused, below 1 << 62. One of the others follows. */
	void (*on_begin)(void *self, uint64_t id, const struct output_place *place);
	void (*on_report)(void *self, uint64_t id, struct traceback **report); /* taken */
	void (*on_nothing)(void *self, uint64_t id);
};

int output_streams_new(struct output_streams **ret, size_t max_streams,
		       const struct output_streams_sink *sink, struct drops *drops);
void output_streams_free(struct output_streams **streams);

/* A RECORD_OUTPUT. */
void output_streams_take(struct output_streams *streams, const struct event *event);

/* Nothing more will come of this process: what is under way ends. */
void output_streams_process_gone(struct output_streams *streams, uint32_t tgid);

void output_streams_tick(struct output_streams *streams, uint64_t now_ns);
void output_streams_finish(struct output_streams *streams);

/* A report is under way. */
bool output_streams_is_busy(const struct output_streams *streams);

#endif
