/* The sample crash made into others: hostile text, more than fits, and the ways to die without a
 * signal of one's own. */
#ifndef SUPPORT_CRASH_VARIANTS_H
#define SUPPORT_CRASH_VARIANTS_H

#include "sample_crash.h"

#define HOSTILE_TEXT VIEW_LITERAL("\xff\0\x1b[2J\"\\\n\xe2\x80\xae{\"length\":9999}\r\n")

static inline void crash_make_hostile(struct crash *crash)
{
	struct crash_thread *thread = &crash->threads[0];

	crash->process_name = HOSTILE_TEXT;
	crash->type = HOSTILE_TEXT;
	crash->cause = HOSTILE_TEXT;
	thread->name = HOSTILE_TEXT;
	for (uint32_t i = 0; i < thread->frames_count; i++) {
		thread->frames[i].function = HOSTILE_TEXT;
		thread->frames[i].symbol = HOSTILE_TEXT;
		thread->frames[i].file = HOSTILE_TEXT;
		thread->frames[i].pc = UINT64_MAX;
		thread->frames[i].is_exact_pc = true;
	}
	thread->frames[0].image = 4711; /* no such image */
	for (uint32_t i = 0; i < crash->images_count; i++)
		crash->images[i].path = HOSTILE_TEXT;
	for (uint32_t i = 0; i < crash->breadcrumbs_count; i++) {
		crash->breadcrumbs[i].message = HOSTILE_TEXT;
		crash->breadcrumbs[i].category = HOSTILE_TEXT;
	}
	attribute_set_string(&crash->attributes, &crash->arena, "limpet.crash.unit", HOSTILE_TEXT);
	attribute_set_double(&crash->attributes, &crash->arena, "limpet.crash.nan", 0.0 / 0.0);
	crash->trace.transaction = HOSTILE_TEXT;
	attribute_set_string(&crash->trace.request, &crash->arena, "url.path", HOSTILE_TEXT);
}

static inline struct view repeated_text(struct crash *crash, char byte, size_t size)
{
	char *bytes = arena_allocate(&crash->arena, size);

	assert(bytes);
	memset(bytes, byte, size);
	return view_of(bytes, size);
}

/* Everything at its cap, names of names_bytes each. */
static inline void crash_make_huge(struct crash *crash, size_t names_bytes)
{
	struct view name = repeated_text(crash, 'f', names_bytes);
	struct crash_thread *threads =
		arena_allocate(&crash->arena, MAX_CRASH_THREADS * sizeof(*threads));
	struct crash_frame *frames =
		arena_allocate(&crash->arena, MAX_CRASH_FRAMES * sizeof(*frames));
	struct crash_image *images =
		arena_allocate(&crash->arena, MAX_CRASH_IMAGES * sizeof(*images));
	struct breadcrumb *crumbs =
		arena_allocate(&crash->arena, MAX_CRASH_BREADCRUMBS * sizeof(*crumbs));

	assert(threads && frames && images && crumbs);
	for (uint32_t i = 0; i < MAX_CRASH_IMAGES; i++) {
		images[i] = crash->images[SAMPLE_IMAGE_SHOP];
		images[i].path = name;
		images[i].start = 0x10000000ull * (i + 1);
	}
	for (uint32_t i = 0; i < MAX_CRASH_FRAMES; i++)
		frames[i] = (struct crash_frame){.pc = 0x10000000ull * (i + 1) + i,
						 .function_address = 0x10000000ull * (i + 1),
						 .function = name,
						 .symbol = name,
						 .file = name,
						 .line = i + 1,
						 .image = i,
						 .trust = TRUST_CFI};
	frames[0].is_exact_pc = true;
	for (uint32_t i = 0; i < MAX_CRASH_THREADS; i++)
		threads[i] = (struct crash_thread){.tid = 4714 + i,
						   .name = name,
						   .has_registers = true,
						   .frames = frames,
						   .frames_count = MAX_CRASH_FRAMES};
	threads[0].is_crashed = true;
	for (uint32_t i = 0; i < MAX_CRASH_BREADCRUMBS; i++) {
		crumbs[i] = crash->breadcrumbs[3];
		crumbs[i].message = name;
		crumbs[i].unix_ns = crash->unix_ns - (MAX_CRASH_BREADCRUMBS - i) * 1000000ull;
	}
	crash->images = images;
	crash->images_count = MAX_CRASH_IMAGES;
	crash->threads = threads;
	crash->threads_count = MAX_CRASH_THREADS;
	crash->breadcrumbs = crumbs;
	crash->breadcrumbs_count = MAX_CRASH_BREADCRUMBS;
}

/* Nothing of the process was captured but that it died. */
static inline void crash_make_bare(struct crash *crash)
{
	crash->threads_count = 0;
	crash->images_count = 0;
	crash->breadcrumbs_count = 0;
	crash->has_fault_address = false;
	crash->trace = (struct crash_trace){0};
	crash->tid = 0;
	crash->suppressed_count = 0;
}

static inline void crash_make_exit(struct crash *crash, int status)
{
	crash_make_bare(crash);
	crash->kind = CRASH_EXIT;
	crash->signal = 0;
	crash->code = 0;
	crash->signal_name = NULL;
	crash->code_name = NULL;
	crash->exit_status = status;
	crash->type = VIEW_LITERAL("ExitStatus");
	crash->cause = arena_format(&crash->arena, "exited with status %d", status);
	crash->session.status = SESSION_EXITED;
}

static inline void crash_make_killed(struct crash *crash)
{
	crash_make_bare(crash);
	crash->kind = CRASH_KILLED;
	crash->signal = SIGKILL;
	crash->code = SI_USER;
	crash->signal_name = "SIGKILL";
	crash->code_name = "SI_USER";
	crash->sender_pid = 812;
	crash->sender_name = VIEW_LITERAL("bash");
	crash->type = VIEW_LITERAL("SIGKILL");
	crash->cause = VIEW_LITERAL("killed by process 812 (bash)");
	crash->session.status = SESSION_ABNORMAL;
}

static inline void crash_make_oom_kill(struct crash *crash)
{
	crash_make_killed(crash);
	crash->kind = CRASH_OOM_KILL;
	crash->code = SI_KERNEL;
	crash->code_name = "SI_KERNEL";
	crash->sender_pid = 0;
	crash->type = VIEW_LITERAL("OOMKill");
	crash->cause = VIEW_LITERAL("killed because memory was out: 256 MiB of 256 MiB");
	crash->memory_limit_bytes = 268435456;
	crash->memory_usage_bytes = 268431360;
	crash->session.status = SESSION_CRASHED;
}

#endif
