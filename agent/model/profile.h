/*
 * A profile: what the threads of one or more processes were doing, and on whose behalf. Every
 * sample names a stack, a thread and, where one is known, the request it served; frames, stacks,
 * images, threads and requests are kept once. What is full is never lost in silence: stacks beyond
 * a cap become [overflow], samples beyond it are counted as lost. Strings given to it are copied.
 * Filled on one thread, immutable once it is in an item.
 */
#ifndef MODEL_PROFILE_H
#define MODEL_PROFILE_H

#include <stdbool.h>
#include <stdint.h>
#include "base/arena.h"
#include "base/content_index.h"
#include "model/crash_thread.h"
#include "model/resource.h"
#include "model/span.h"

#define MAX_PROFILE_FRAMES       200000
#define MAX_PROFILE_STACKS       200000
#define MAX_PROFILE_STACK_FRAMES 8000000 /* of all stacks together */
#define MAX_PROFILE_SAMPLES      2000000
#define MAX_PROFILE_IMAGES       4096
#define MAX_PROFILE_THREADS      65536
#define MAX_PROFILE_LINKS        1000000
#define MAX_PROFILE_DEPTH        256         /* deeper ones keep the leaf side */
#define MAX_PROFILE_TEXT_BYTES   (32u << 20) /* names and paths together */
#define MAX_PROFILE_NAME_BYTES   1024        /* of one name or path: what is longer is cut */

enum profile_frame_kind {
	PROFILE_FRAME_NATIVE,
	PROFILE_FRAME_KERNEL,
	PROFILE_FRAME_JIT,
	PROFILE_FRAME_INTERPRETED, /* Python */
	PROFILE_FRAME_SYNTHETIC,   /* no code: [idle], [unwind failed], [truncated], [overflow] */
	PROFILE_FRAME_KINDS_COUNT,
};

struct profile_frame {
	struct view function; /* for people, demangled; empty: not known */
	struct view symbol;   /* as in the symbol table, when that differs */
	struct view file;     /* source file; empty: not known */
	uint32_t line;        /* 0: not known */
	uint32_t image;       /* of profile_add_image, or NO_IMAGE */
	uint64_t offset;      /* from the image's start; without an image the address itself */
	enum profile_frame_kind kind;
	bool is_in_app; /* of the program itself, not of a system library or runtime */
};

struct profile_stack {
	uint32_t first; /* in stack_frames: the leaf, callers follow */
	uint32_t depth;
};

struct profile_thread {
	uint32_t pid;
	uint32_t tid;
	struct view name;
};

/* The request a sample belongs to. */
struct profile_link {
	uint8_t trace_id[TRACE_ID_BYTES];
	uint8_t span_id[SPAN_ID_BYTES];
};

struct profile_sample {
	uint64_t unix_ns;   /* off-CPU: when the wait began */
	uint64_t weight_ns; /* on-CPU: the period of sampling; off-CPU: how long it waited */
	uint32_t thread;
	uint32_t stack;
	uint32_t link; /* NO_PROFILE_LINK: none */
	bool is_off_cpu;
	bool is_link_guess; /* the last request of an event loop, not certainly this one */
};

/* What every profile has from the start; also what an add that has no room answers. */
#define PROFILE_OVERFLOW_FRAME 0
#define PROFILE_OVERFLOW_STACK 0
#define NO_PROFILE_LINK        0

/* Why samples were taken and are not here, or not whole. */
enum profile_loss {
	PROFILE_LOST_RING,    /* the kernel's ring was full */
	PROFILE_LOST_UNWIND,  /* nobody could unwind it: queue full, or the worker died */
	PROFILE_LOST_SAMPLES, /* the profile was full (MAX_PROFILE_SAMPLES, threads) */
	PROFILE_CUT_UNWIND,   /* here, ends in [unwind failed] */
	PROFILE_CUT_DEPTH,    /* here, ends in [truncated] */
	PROFILE_CUT_OVERFLOW, /* here, as [overflow] */
	PROFILE_CUT_LINK,     /* here, without its request: MAX_PROFILE_LINKS */
	PROFILE_LOSSES_COUNT,
};
#define PROFILE_FIRST_CUT PROFILE_CUT_UNWIND /* before it: lost; from it on: incomplete */

struct profile {
	struct arena arena;
	struct resource *resource; /* the process, or the first one; NULL: not known */
	uint32_t frequency_hz;     /* on-CPU samples per second and CPU */
	uint64_t start_unix_ns;    /* of the time that was sampled */
	uint64_t end_unix_ns;
	bool is_incomplete; /* the target ended, or the agent had to stop, before its time */

	struct profile_frame *frames; /* [0] is [overflow] */
	uint32_t frames_count, frames_capacity;
	struct profile_stack *stacks; /* [0] is [overflow] alone */
	uint32_t stacks_count, stacks_capacity;
	uint32_t *stack_frames;
	uint32_t stack_frames_count, stack_frames_capacity;
	struct crash_image *images;
	uint32_t images_count, images_capacity;
	struct profile_thread *threads;
	uint32_t threads_count, threads_capacity;
	struct profile_link *links; /* [0] is zeros: none */
	uint32_t links_count, links_capacity;
	struct profile_sample *samples; /* as they were added: only nearly in order of time */
	uint32_t samples_count, samples_capacity;

	uint64_t on_cpu_ns, off_cpu_ns; /* of the samples that are here */
	uint64_t losses[PROFILE_LOSSES_COUNT];

	struct content_index texts_index, frames_index, stacks_index;
	struct content_index images_index, threads_index, links_index;
	struct view *texts;
	uint32_t texts_count, texts_capacity;
};

/* resource may be NULL; it takes a reference of its own. */
int profile_new(struct profile **ret, struct resource *resource, uint32_t frequency_hz);
void profile_free(struct profile **profile);

/* Each returns the index of what is given, the same for the same content. */
uint32_t profile_add_frame(struct profile *profile, const struct profile_frame *frame);
/* What it is called is known only now: it has the function of `frame`, which is at the same place.
 */
void profile_name_frame(struct profile *profile, uint32_t id, const struct profile_frame *frame);
/* [idle], [unwind failed] … */
uint32_t profile_add_synthetic_frame(struct profile *profile, const char *name);
/* Indices of frames, leaf first. Deeper than MAX_PROFILE_DEPTH: cut, with [truncated] as root. */
uint32_t profile_add_stack(struct profile *profile, const uint32_t *frames, uint32_t depth);
/* The same file (path and build-id) is one image, wherever processes mapped it: addresses are those
 * of the first. NO_IMAGE when full. */
uint32_t profile_add_image(struct profile *profile, const struct crash_image *image);
/* The last name that is not empty stays: threads get theirs late, a program when it is executed.
 * NO_CONTENT when full. */
uint32_t profile_add_thread(struct profile *profile, uint32_t pid, uint32_t tid, struct view name);
/* Zeros are NO_PROFILE_LINK. */
uint32_t profile_add_link(struct profile *profile, const uint8_t trace_id[TRACE_ID_BYTES],
			  const uint8_t span_id[SPAN_ID_BYTES]);

/* False: no room, and counted. Widens start and end when it lies outside. A thread of NO_CONTENT
 * has no room either. */
bool profile_add_sample(struct profile *profile, const struct profile_sample *sample);

void profile_count_loss(struct profile *profile, enum profile_loss loss, uint64_t count);

/* The memory it has. */
size_t profile_bytes(const struct profile *profile);

#endif
