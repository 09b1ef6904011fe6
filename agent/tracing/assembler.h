/*
 * Exchanges in, segments out: opens a segment for every server request and every client call
 * without a parent, attaches calls to the request that caused them, joins both ends of a
 * connection, gives every segment its trace and lets the sampler decide. All times are record times
 * (monotonic), so a replay does the same. Capture thread.
 */
#ifndef TRACING_ASSEMBLER_H
#define TRACING_ASSEMBLER_H

#include "base/drops.h"
#include "model/exchange.h"
#include "model/segment.h"
#include "model/served_request.h"
#include "process/process_table.h"
#include "settings/settings.h"

struct assembler;
struct crash_moment; /* tracing/crash_link.h */
struct error_moment; /* tracing/error_watch.h */
struct error_words;

struct assembler_sink {
	void *self;
	/* A finished segment the sampler kept; taken. */
	void (*on_segment)(void *self, struct segment **segment);
	/* Every finished segment, kept or not, before that; borrowed. May be NULL. */
	void (*on_finished)(void *self, const struct segment *segment);
	/* The segment a crash or an exception was linked to, its trace decided; borrowed. source:
	 * static, how the link is known. May be NULL. */
	void (*on_linked)(void *self, uint64_t token, const struct segment *segment,
			  const char *source);
	/* An exception for which there is no request, or no way to tell which. May be NULL. */
	void (*on_unlinked)(void *self, uint64_t token);
};

int assembler_new(struct assembler **ret, const struct tracing_settings *tracing,
		  const struct sampling_settings *sampling, struct process_table *processes,
		  const struct assembler_sink *sink, struct drops *drops);

/* Told of every request that was served, kept or not, when its segment goes. One at most. */
void assembler_watch_requests(struct assembler *assembler, const struct served_watch *watch);

/* For segments that begin from now on. */
void assembler_set_sampling(struct assembler *assembler, const struct sampling_settings *sampling);

/* Open segments are lost; call assembler_finish before. */
void assembler_free(struct assembler **assembler);

/* As struct connection_sink has them. */
void assembler_take_request(struct assembler *assembler, struct exchange *exchange,
			    const struct message *message);
void assembler_take_response(struct assembler *assembler, struct exchange *exchange,
			     const struct message *message);
void assembler_take_body(struct assembler *assembler, struct exchange *exchange,
			 enum message_kind kind, struct view bytes);
void assembler_take_finish(struct assembler *assembler, struct exchange *exchange);

void assembler_process_exited(struct assembler *assembler, uint32_t tgid);

/*
 * A thread crashed: the request it was serving is marked, and sink.on_linked called when its
 * segment goes. False: none was, or there is no way to tell which. Call when all records up to the
 * moment were taken and no tick came since.
 */
bool assembler_take_crash(struct assembler *assembler, const struct crash_moment *moment);

/*
 * A report of an exception begins: the requests it may be about are held. Call when all records up
 * to the moment were taken and no tick came since. Then, when it is whole, assembler_take_error:
 * sink.on_linked or sink.on_unlinked follows (false: neither will); or assembler_forget_error.
 */
void assembler_watch_error(struct assembler *assembler, const struct error_moment *moment);
bool assembler_take_error(struct assembler *assembler, uint64_t token,
			  const struct error_words *words);
void assembler_forget_error(struct assembler *assembler, uint64_t token);

/* What to add to record times to get Unix time, for segments that begin from now on. */
void assembler_set_unix_offset(struct assembler *assembler, uint64_t unix_offset_ns);

/* Lets go of what is complete and has settled, closes what is overdue. now_ns: record time. */
void assembler_tick(struct assembler *assembler, uint64_t now_ns);

/* Everything goes, complete or not (marked so). */
void assembler_finish(struct assembler *assembler);

struct assembler_statistics {
	uint64_t spans_count; /* of segments kept and not */
	uint64_t segments_count;
	uint64_t kept_spans_count;
	uint64_t kept_segments_count;
	uint64_t open_segments_count;
};
struct assembler_statistics assembler_statistics(const struct assembler *assembler);

#endif
