/*
 * A small profile whose numbers are easy to check, for the tests of whatever reads one: two
 * threads, native, kernel, JIT and interpreted frames, a request, waits, and hostile names on
 * demand.
 */
#ifndef SUPPORT_SAMPLE_PROFILE_H
#define SUPPORT_SAMPLE_PROFILE_H

#include <assert.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h> /* for the tests; nothing here needs it */
#include "model/profile.h"

#define SAMPLE_PERIOD_NS 10101010ull
#define SAMPLE_START_NS  1700000000000000000ull

#define SAMPLE_TRACE_ID                                                                            \
	((const uint8_t *)"\x01\x02\x03\x04\x05\x06\x07\x08\x09\x0a\x0b\x0c\x0d\x0e\x0f\x10")
#define SAMPLE_SPAN_ID ((const uint8_t *)"\x21\x22\x23\x24\x25\x26\x27\x28")

#define HOSTILE_NAME "</script><b>&\"';x\n\x1b[31m\xff\xe2\x80\xae"

static inline uint32_t sampled_frame(struct profile *profile, const char *function,
				     enum profile_frame_kind kind, uint32_t image, uint64_t offset)
{
	struct profile_frame frame = {
		.function = view_of_text(function),
		.kind = kind,
		.image = image,
		.offset = offset,
		.is_in_app = kind == PROFILE_FRAME_NATIVE || kind == PROFILE_FRAME_INTERPRETED,
	};

	return profile_add_frame(profile, &frame);
}

static inline void sample_at(struct profile *profile, uint32_t thread, uint32_t stack,
			     uint32_t count, uint32_t link)
{
	static const uint64_t step_ns = SAMPLE_PERIOD_NS;

	for (uint32_t i = 0; i < count; i++) {
		struct profile_sample sample = {
			.unix_ns = SAMPLE_START_NS + profile->samples_count * step_ns,
			.weight_ns = SAMPLE_PERIOD_NS,
			.thread = thread,
			.stack = stack,
			.link = link,
		};

		assert(profile_add_sample(profile, &sample));
	}
}

static inline void sample_wait(struct profile *profile, uint32_t thread, uint32_t stack,
			       uint64_t weight_ns, uint32_t link)
{
	struct profile_sample sample = {
		.unix_ns = SAMPLE_START_NS + profile->samples_count * SAMPLE_PERIOD_NS,
		.weight_ns = weight_ns,
		.thread = thread,
		.stack = stack,
		.link = link,
		.is_off_cpu = true,
	};

	assert(profile_add_sample(profile, &sample));
}

/*
 * main;handle;parse 7, main;handle;parse;read_[k] 2, main;run;[JIT] 1 on "main" (the first with a
 * request); main;render 3 on "worker"; main;handle;wait 50 ms off-CPU with the request.
 */
static inline struct profile *sample_profile_new(struct resource *resource)
{
	struct profile *profile = NULL;
	struct crash_image image = {
		.path = view_of_text("/srv/app"),
		.start = 0x400000,
		.size = 0x10000,
		.build_id = {0xde, 0xad, 0xbe, 0xef, 1,  2,  3,  4,  5,  6,
			     7,    8,    9,    10,   11, 12, 13, 14, 15, 16},
		.build_id_size = 20,
	};
	uint32_t app, run, handle, parse, render, jit, read, wait, main_thread, worker, link;

	assert(profile_new(&profile, resource, 99) == 0);
	app = profile_add_image(profile, &image);
	run = sampled_frame(profile, "main", PROFILE_FRAME_NATIVE, app, 0x100);
	handle = sampled_frame(profile, "handle", PROFILE_FRAME_INTERPRETED, NO_IMAGE, 0);
	parse = sampled_frame(profile, "parse", PROFILE_FRAME_NATIVE, app, 0x300);
	render = sampled_frame(profile, "", PROFILE_FRAME_NATIVE, app, 0x1f4);
	jit = sampled_frame(profile, "LazyCompile:*f", PROFILE_FRAME_JIT, NO_IMAGE, 0x7f00);
	read = sampled_frame(profile, "ksys_read", PROFILE_FRAME_KERNEL, NO_IMAGE, 0xffff0010);
	wait = sampled_frame(profile, "futex_wait", PROFILE_FRAME_KERNEL, NO_IMAGE, 0xffff0020);
	main_thread = profile_add_thread(profile, 4711, 4711, view_of_text("main"));
	worker = profile_add_thread(profile, 4711, 4712, view_of_text("worker"));
	link = profile_add_link(profile, SAMPLE_TRACE_ID, SAMPLE_SPAN_ID);
	sample_at(profile, main_thread,
		  profile_add_stack(profile, (uint32_t[]){parse, handle, run}, 3), 7, link);
	sample_at(profile, main_thread,
		  profile_add_stack(profile, (uint32_t[]){read, parse, handle, run}, 4), 2,
		  NO_PROFILE_LINK);
	sample_at(profile, main_thread, profile_add_stack(profile, (uint32_t[]){jit, run}, 2), 1,
		  NO_PROFILE_LINK);
	sample_at(profile, worker, profile_add_stack(profile, (uint32_t[]){render, run}, 2), 3,
		  NO_PROFILE_LINK);
	sample_wait(profile, main_thread,
		    profile_add_stack(profile, (uint32_t[]){wait, handle, run}, 3), 50000000, link);
	return profile;
}

/* The same functions, all of them called something that no output may take as it is. */
static inline struct profile *hostile_profile_new(struct resource *resource)
{
	struct profile *profile = NULL;
	uint32_t frames[2], thread;

	assert(profile_new(&profile, resource, 99) == 0);
	frames[0] = sampled_frame(profile, HOSTILE_NAME, PROFILE_FRAME_NATIVE, NO_IMAGE, 1);
	frames[1] = sampled_frame(profile, HOSTILE_NAME "2", PROFILE_FRAME_JIT, NO_IMAGE, 2);
	thread = profile_add_thread(profile, 1, 2, view_of_text(HOSTILE_NAME));
	sample_at(profile, thread, profile_add_stack(profile, frames, 2), 5, NO_PROFILE_LINK);
	return profile;
}

#endif
