/* By the names of the runtime's functions, which every libstdc++ and libc++abi exports. */
#include "crash/cpp_throw_site.h"

#include <signal.h>

#define CALLED_BY_THROW 1 /* frames of the kept throw before the one that threw: __cxa_throw */

/* How an exception came to end the process. */
enum end_kind {
	END_NONE,
	END_AT_THROW, /* nobody was there to catch it: the stack is that of the throw */
	END_LATER,    /* thrown again, or stopped on its way: what threw is gone */
};

/* Beginnings of names, as people write them. */
static const struct {
	const char *name;
	enum end_kind kind;
} functions[] = {
	{"__cxa_throw", END_AT_THROW},          {"__cxa_rethrow", END_LATER},
	{"std::rethrow_exception(", END_LATER}, {"__cxa_call_terminate", END_LATER},
	{"__clang_call_terminate", END_LATER},  {"__gxx_personality_v", END_LATER},
	{"__cxa_call_unexpected", END_LATER},
};

static bool is_function(const struct crash_frame *frame, const char *name)
{
	return view_starts_with(frame->function, view_of_text(name));
}

/* Of the unwinder, whose own functions have no names that others see. */
static bool is_between(const struct crash_frame *frame)
{
	return is_function(frame, "_Unwind_") || (!frame->function.size && !frame->is_in_app);
}

static enum end_kind kind_of(const struct crash_frame *frame)
{
	for (size_t i = 0; i < sizeof(functions) / sizeof(functions[0]); i++)
		if (is_function(frame, functions[i].name))
			return functions[i].kind;
	return END_NONE;
}

/*
 * Where the program's side of the stack begins. The personality routine may run below __cxa_throw,
 * which then counts: the innermost that throws is the one.
 */
static enum end_kind find_end(const struct crash_thread *thread, uint32_t *ret_first)
{
	enum end_kind found = END_NONE;

	for (uint32_t i = 0; i < thread->frames_count; i++) {
		const struct crash_frame *frame = &thread->frames[i];
		enum end_kind kind = kind_of(frame);

		if (kind != END_NONE)
			found = kind;
		else if (found != END_NONE && !is_between(frame))
			break;
		*ret_first = i + 1;
		if (found == END_AT_THROW)
			break;
	}
	return found;
}

/* Handlers of std::terminate that end by an instruction of their own are the other two. */
static bool may_be_terminate(const struct crash *crash)
{
	return crash->kind == CRASH_SIGNAL &&
	       (crash->signal == SIGABRT || crash->signal == SIGILL || crash->signal == SIGTRAP);
}

bool cpp_throw_site_job(const struct raw_crash *raw, struct arena *arena, struct job_thread *ret)
{
	const struct cpp_throw_record *thrown = raw->thrown;
	struct job_page *pages;

	if (!thrown || raw->threads_count == 0 || raw->threads_count == MAX_CRASH_THREADS ||
	    thrown->tid != raw->threads[0]->record.tid)
		return false;
	pages = arena_allocate(arena, MAX_THROW_PAGES * sizeof(*pages));
	if (!pages)
		return false;
	for (uint32_t i = 0; i < thrown->pages_copied; i++)
		pages[i] = (struct job_page){thrown->stack_address + i * STACK_PAGE_BYTES,
					     thrown->pages[i]};
	*ret = (struct job_thread){
		.tid = thrown->tid,
		.is_crashed = true, /* its names come first, as the crashed thread's */
		.pages = pages,
		.pages_count = thrown->pages_copied,
	};
	memcpy(ret->registers, thrown->registers, sizeof(ret->registers));
	return true;
}

static bool has_site(const struct crash_throw *kept)
{
	return kept && kept->thread.frames_count > CALLED_BY_THROW;
}

/* Is the kept throw the one that the stack of the end has? */
static bool is_same(const struct crash_throw *kept, const struct crash_thread *crashed,
		    uint32_t first)
{
	return !has_site(kept) || first >= crashed->frames_count ||
	       kept->thread.frames[CALLED_BY_THROW].pc == crashed->frames[first].pc;
}

/* The crashed thread, from one of the frames on. */
static struct crash_throw *make_throw(struct crash *crash, const struct crash_thread *from,
				      uint32_t first)
{
	struct crash_throw *thrown = arena_allocate(&crash->arena, sizeof(*thrown));

	if (!thrown)
		return NULL;
	*thrown = (struct crash_throw){.thread = *crash_thread_of(crash)};
	thrown->thread.has_registers = false;
	thrown->thread.frames = from->frames + first;
	thrown->thread.frames_count = from->frames_count - first;
	thrown->thread.is_truncated = from->is_truncated;
	return thrown;
}

void cpp_throw_site_judge(struct crash *crash, const struct raw_crash *raw)
{
	const struct crash_thread *crashed = crash_thread_of(crash);
	struct crash_throw *kept = crash->thrown, *thrown;
	enum end_kind end = END_NONE;
	uint32_t first = 0;

	crash->thrown = NULL;
	if (crashed && may_be_terminate(crash))
		end = find_end(crashed, &first);
	if (end == END_NONE)
		return;
	if (kept && end == END_AT_THROW && !is_same(kept, crashed, first))
		kept = NULL;
	thrown = make_throw(crash, crashed, first);
	if (thrown && end == END_LATER && has_site(kept)) {
		struct crash_throw *otherwise = thrown;

		thrown = make_throw(crash, &kept->thread, CALLED_BY_THROW);
		if (thrown) {
			thrown->is_kept = true;
			thrown->otherwise = otherwise;
		}
	}
	if (!thrown)
		return;
	if (kept) {
		thrown->type = kept->type;
		if (raw->thrown)
			thrown->value = arena_copy(
				&crash->arena, view_of(raw->thrown->text, raw->thrown->text_size));
	}
	crash->thrown = thrown;
}
