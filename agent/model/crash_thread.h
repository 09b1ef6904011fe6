/*
 * A thread of a crash, its native frames, and the files they are in. Part of struct crash
 * (model/crash.h), which owns everything they point to.
 */
#ifndef MODEL_CRASH_THREAD_H
#define MODEL_CRASH_THREAD_H

#include <linux/types.h>
#include <stdbool.h>
#include <stdint.h>
#include "base/view.h"
#include "shared/limits.h"
#include "shared/record.h"

#define MAX_CRASH_FRAMES 256 /* of one thread */
#define NO_IMAGE         UINT32_MAX

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

/*
 * C++: the exception that ended the process, as it was thrown. The thread is the crashed one at
 * that time: its frames begin with the function that threw, and its registers are not known. Either
 * the stack of the end still had them, or the kernel had kept them (is_kept).
 */
struct crash_throw {
	struct view type;  /* demangled; empty: not known */
	struct view value; /* empty: not known */
	struct crash_thread thread;
	bool is_kept;
	struct crash_throw *otherwise; /* when is_kept turns out to be another exception: what the
					  stack of the end says; NULL: nothing */
};

#endif
