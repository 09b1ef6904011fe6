/*
 * A crash: how one process died, with everything known about it. Built on the capture thread,
 * immutable once it is in an item. All strings, arrays and attributes live in its arena. Addresses
 * are those of the process. Nothing in it is raw stack memory but the minidump, which is there only
 * when it was asked for.
 */
#ifndef MODEL_CRASH_H
#define MODEL_CRASH_H

#include <linux/types.h>
#include "base/arena.h"
#include "model/attribute.h"
#include "model/resource.h"
#include "model/session_report.h"
#include "model/span.h"
#include "shared/limits.h"
#include "shared/record.h"

#define CRASH_ID_BYTES        16
#define MAX_CRASH_BYTES       (16u << 20) /* arena cap, a minidump included */
#define MAX_CRASH_FRAMES      256         /* of one thread */
#define MAX_CRASH_THREADS     64
#define MAX_CRASH_IMAGES      2048
#define MAX_CRASH_BREADCRUMBS 100
#define NO_IMAGE              UINT32_MAX

enum crash_kind {
	CRASH_SIGNAL = 1,   /* died of a fatal signal of its own (SIGSEGV, SIGABRT, …) */
	CRASH_FAULT = 2,    /* caught a fault and ended itself because of it */
	CRASH_OOM_KILL = 3, /* killed because memory was out */
	CRASH_KILLED = 4,   /* SIGKILL, SIGTERM, … from another process */
	CRASH_EXIT = 5,     /* a non-zero exit status (only where asked for) */
};

/* How the program counter of a frame is known, best first; Sentry's words. */
enum frame_trust { TRUST_CONTEXT, TRUST_CFI, TRUST_FP, TRUST_SCAN };

struct crash_frame {
	uint64_t pc;               /* as found: the faulting instruction, or a return address */
	uint64_t function_address; /* where the function begins; 0 when not known */
	struct view function;      /* for people, demangled; empty when not known */
	struct view symbol;        /* as in the symbol table, when that differs */
	struct view file;          /* source file; empty when not known */
	uint32_t line;             /* 0 when not known */
	uint32_t image;            /* index into images, or NO_IMAGE */
	uint32_t repeats; /* folded recursion: this many more frames like this one were left out
			     here */
	enum frame_trust trust;
	bool is_exact_pc; /* not a return address: the first frame, or one interrupted by a signal
			   */
	bool is_in_app;   /* of the program itself, not of a system library */
};

struct crash_thread {
	uint32_t tid;
	struct view name;
	bool is_crashed; /* exactly one per crash, when any thread was captured */
	bool is_main;
	bool has_registers;
	bool is_truncated;                   /* the stack went on beyond what was copied */
	uint64_t registers[REGISTERS_COUNT]; /* numbering of shared/record.h */
	struct crash_frame *frames;          /* the innermost first */
	uint32_t frames_count;
};

struct crash_image {
	struct view path; /* as the process saw it */
	uint64_t start;   /* lowest address the file is mapped at */
	uint64_t size;    /* to the end of its last mapping */
	uint8_t build_id[MAX_BUILD_ID_BYTES];
	uint8_t build_id_size; /* 0: it has none */
	/* First 16 bytes for Sentry's debug_id without a build-id: XOR over .text; valid with
	 * has_text_hash. */
	uint8_t text_hash[16];
	bool has_text_hash;
};

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
	struct view type;    /* "SIGSEGV", "OOMKill", "ExitStatus" */
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
	uint64_t suppressed_count; /* crashes like this one left out since the last one sent */
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

/* "signal", "fault", "oom_kill", "killed", "exit"; and Sentry's "context", "cfi", "fp", "scan". */
const char *crash_kind_word(enum crash_kind kind);
const char *crash_trust_word(enum frame_trust trust);

#endif
