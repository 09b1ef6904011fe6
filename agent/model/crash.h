/*
 * A crash: how one process died, with everything known about it; or, as CRASH_EXCEPTION, an
 * exception that a program reported, whether it died of it or not: both are one event to whoever
 * gets them, and may be the same misfortune. Built on the capture thread, immutable once it is in
 * an item. All strings, arrays and attributes live in its arena. Addresses are those of the
 * process. Nothing in it is raw stack memory but the minidump, which is there only when it was
 * asked for.
 */
#ifndef MODEL_CRASH_H
#define MODEL_CRASH_H

#include <linux/types.h>
#include "base/arena.h"
#include "model/attribute.h"
#include "model/crash_thread.h"
#include "model/exception.h"
#include "model/resource.h"
#include "model/session_report.h"
#include "model/span.h"
#include "shared/limits.h"
#include "shared/record.h"

#define CRASH_ID_BYTES        16
#define MAX_CRASH_BYTES       (16u << 20) /* arena cap, a minidump included */
#define MAX_CRASH_THREADS     64
#define MAX_CRASH_IMAGES      2048
#define MAX_CRASH_BREADCRUMBS 100

enum crash_kind {
	CRASH_SIGNAL = 1,    /* died of a fatal signal of its own (SIGSEGV, SIGABRT, …) */
	CRASH_FAULT = 2,     /* caught a fault and ended itself because of it */
	CRASH_OOM_KILL = 3,  /* killed because memory was out */
	CRASH_KILLED = 4,    /* SIGKILL, SIGTERM, … from another process */
	CRASH_EXIT = 5,      /* a non-zero exit status (only where asked for) */
	CRASH_EXCEPTION = 6, /* an exception of a language: exceptions has at least one */
};

enum crash_level { LEVEL_FATAL, LEVEL_ERROR, LEVEL_WARNING };

enum breadcrumb_kind { BREADCRUMB_SPAN, BREADCRUMB_SYSCALL, BREADCRUMB_STDERR };

struct breadcrumb {
	enum breadcrumb_kind kind;
	bool is_error;
	uint64_t unix_ns;
	struct view category; /* "http.server", "syscall", "stderr" */
	struct view message;  /* "GET /orders/{id}", "connect: ECONNREFUSED", the line */
	struct attribute_list attributes;
};

/* The request the crash broke. */
struct crash_trace {
	bool is_known;
	uint8_t trace_id[TRACE_ID_BYTES];
	uint8_t span_id[SPAN_ID_BYTES];
	uint8_t parent_span_id[SPAN_ID_BYTES]; /* zeros: none */
	struct view transaction;               /* "GET /orders/{id}" */
	const char *operation;                 /* static: "http.server" */
	const char *source; /* static: how it is known: "context" (the only request open there),
			       "last_activity" */
	bool is_sampled;
	struct attribute_list request; /* http.request.method, url.path, http.route,
					  server.address, … of the root span, scrubbed */
};

struct crash {
	struct arena arena;
	uint8_t id[CRASH_ID_BYTES]; /* the event's, made once: a repetition is the same event */
	enum crash_kind kind;
	uint64_t unix_ns;       /* of the fatal signal, or of the end */
	uint64_t start_unix_ns; /* of the process; 0 when not known */
	uint32_t pid;
	uint32_t tid; /* the crashing thread's; 0 when none is known */
	uint32_t uid;
	struct view process_name;
	/* The signal: 0 with CRASH_EXIT. Names are static ("SIGSEGV", "SEGV_MAPERR"), NULL when
	 * there is none. */
	int signal;
	int code;
	const char *signal_name;
	const char *code_name;
	bool has_fault_address;
	bool is_core_dumped;
	bool is_metadata_only; /* dumpable == 0: no memory was looked at */
	bool is_loss;          /* something of it was lost on the way (pages, threads) */
	uint64_t fault_address;
	int exit_status;     /* with CRASH_EXIT and CRASH_FAULT */
	struct view type;    /* "SIGSEGV", "OOMKill", "ExitStatus"; of the raised exception */
	struct view cause;   /* one sentence: "null pointer dereference at address 0x8" */
	uint32_t sender_pid; /* 0: nobody known */
	uint32_t sender_uid;
	struct view sender_name;
	/* With CRASH_OOM_KILL; 0 when not known. */
	uint64_t memory_limit_bytes;
	uint64_t memory_usage_bytes;
	struct crash_thread *threads;
	uint32_t threads_count;
	uint32_t crashed_thread;    /* index, valid with threads_count > 0 */
	struct crash_image *images; /* by address */
	uint32_t images_count;
	struct breadcrumb *breadcrumbs; /* oldest first */
	uint32_t breadcrumbs_count;
	struct crash_trace trace;
	/* Parts of the fingerprint; none: the server groups by the stack. */
	struct view *fingerprint;
	uint32_t fingerprint_count;
	/*
	 * The chain, exceptions[0] raised last. A crash of another kind may have one too: a C++
	 * exception that nobody caught ends in SIGABRT. Then kind is CRASH_EXCEPTION, and signal
	 * and the threads are the crash's. An exception without frames has those of the throw, else
	 * those of the crashed thread (crash_raising_thread).
	 */
	struct exception *exceptions;
	uint32_t exceptions_count;
	struct crash_throw *thrown;                 /* NULL: none, or not known */
	struct exception_thread *exception_threads; /* others the report told of */
	uint32_t exception_threads_count;
	struct view exception_thread_name; /* where it was raised, when the report says: "main" */
	uint64_t exception_thread_id;      /* Go: the goroutine; 0: not known, or tid is all */
	enum exception_language language;
	enum crash_level level;
	bool is_handled;       /* somebody took care of it: logged, answered with an error */
	const char *mechanism; /* static: "excepthook", "logging", "onuncaughtexception" … */
	const char *exception_source; /* static: "output", "probe", "output+probe" */
	struct view logger;           /* who wrote the report, when the line before it says */
	struct view log_message;      /* what else it said: "Exception on /buy [POST]" */
	struct view runtime_name;     /* "CPython", "node"; empty: not known */
	struct view runtime_version;
	struct view exception_text; /* the report as printed, scrubbed */
	uint64_t suppressed_count;  /* crashes like this one left out since the last one sent */
	struct attribute_list attributes; /* limpet.crash.* and others worth a tag */
	struct session_update session;    /* valid with has_session: sent along */
	bool has_session;
	struct view minidump; /* empty: none */
	struct resource *resource;
};

/* Zeroed, with a fresh id and a reference of its own to the resource. */
int crash_new(struct crash **ret, struct resource *resource);
void crash_free(struct crash **crash);

/* The thread that crashed, NULL when none was captured. */
const struct crash_thread *crash_thread_of(const struct crash *crash);

/* Whose native frames are the raised exception's: the throw's, else the crashed thread's; NULL as
 * above. */
const struct crash_thread *crash_raising_thread(const struct crash *crash);

/* "fatal", "error", "warning". */
const char *crash_level_word(enum crash_level level);

/* "signal", "fault", "oom_kill", "killed", "exit", "exception"; and Sentry's "context", "cfi",
 * "fp", "scan". */
const char *crash_kind_word(enum crash_kind kind);
const char *crash_trust_word(enum frame_trust trust);

#endif
