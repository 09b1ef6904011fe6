/* What happens to a process under an error_fixture: it dies, a thread gets a signal, a request
 * comes in and is answered. */
#ifndef SUPPORT_ERROR_HAPPENINGS_H
#define SUPPORT_ERROR_HAPPENINGS_H

#include "error_fixture.h"

static inline void error_record(struct error_fixture *f, enum record_kind kind, const void *record,
				uint64_t time_ns)
{
	struct event event = {.kind = kind, .time_ns = time_ns, .raw = record};

	error_stage_take(f->stage, &event);
}

static inline void error_death(struct error_fixture *f, uint32_t exit_code, uint64_t time_ns)
{
	struct process_death_record death = death_record(exit_code, time_ns);

	error_record(f, RECORD_PROCESS_DEATH, &death, time_ns);
}

static inline void error_signal(struct error_fixture *f, uint32_t tid, int signal, uint64_t time_ns)
{
	struct crash_thread_record thread =
		crash_thread_record(CRASH_THREAD_FATAL, tid, signal, time_ns);

	error_record(f, RECORD_CRASH_THREAD, &thread, time_ns);
}

/* A request of the process on this thread. */
static inline void error_request(struct error_fixture *f, struct told *t, uint32_t tid,
				 uint64_t start_ns)
{
	told_init(&f->tracing, t, true, (uint64_t)RECORDS_TGID << 32 | tid, tid, start_ns);
	t->exchange.tgid = RECORDS_TGID;
	tell_request(&f->tracing, t, GET_HEAD);
}

static inline void error_response(struct error_fixture *f, struct told *t, const char *head,
				  uint64_t now_ns)
{
	struct message message;
	size_t consumed;

	t->exchange.response_context = t->exchange.request_context;
	t->exchange.response_start_ns = now_ns;
	assert_int_equal(protocol_http1.parse(MESSAGE_RESPONSE, view_of_text(head), false,
					      t->pair_state, &message, &consumed),
			 PARSE_DONE);
	assembler_take_response(f->tracing.assembler, &t->exchange, &message);
	tell_finish(&f->tracing, t, now_ns);
}

#endif
