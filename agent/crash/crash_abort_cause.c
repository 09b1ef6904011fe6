/*
 * What an abort means, from the texts that come with it: glibc's abort message (assertions, the
 * heap's and the stack's checks), what libstdc++ and Rust print before they abort, and from the
 * functions on the stack where there is no text. Texts come from the program: cut and made
 * printable.
 */
#include "crash/crash_cause.h"

#include "base/utf8.h"

#define MAX_TEXT_BYTES 512

/* The text up to its last printable line end, without what a terminal would obey. */
static struct view printable(struct view text, struct arena *arena)
{
	size_t used = 0;
	char *copy;

	while (text.size && (unsigned char)text.bytes[text.size - 1] <= ' ')
		text.size--;
	text = view_take(text, MAX_TEXT_BYTES);
	copy = arena_allocate(arena, text.size);
	if (!copy)
		return (struct view){0};
	while (text.size) {
		size_t length = utf8_printable_length(text);

		if (length)
			memcpy(copy + used, text.bytes, length);
		else
			copy[used] = ' ';
		used += length ? length : 1;
		text = view_skip(text, length ? length : 1);
	}
	return view_of(copy, used);
}

static bool contains(struct view text, const char *needle)
{
	return view_find(text, view_of_text(needle)) >= 0;
}

/* What stands between two marks; false when one of them is missing. */
static bool find_between(struct view text, const char *before, const char *after,
			 struct view *ret_between)
{
	ssize_t at = view_find(text, view_of_text(before));
	ssize_t end;

	if (at < 0)
		return false;
	text = view_skip(text, (size_t)at + strlen(before));
	end = view_find(text, view_of_text(after));
	if (end < 0)
		return false;
	*ret_between = view_take(text, (size_t)end);
	return true;
}

/* "shop: cart.c:12: add_item: Assertion `count > 0' failed." */
static struct view describe_assertion(struct view message, struct arena *arena)
{
	struct view expression, place, function = {0}, rest = message;
	ssize_t at;

	if (!find_between(message, "Assertion `", "' failed", &expression))
		return (struct view){0};
	place = view_take(message, (size_t)view_find(message, VIEW_LITERAL("Assertion `")));
	/* The program's name first, then file, line and function; C++ functions hold colons. */
	at = view_find(place, VIEW_LITERAL(": "));
	if (at >= 0 && contains(view_skip(place, (size_t)at + 2), ": "))
		place = view_skip(place, (size_t)at + 2);
	rest = place;
	at = view_find(rest, VIEW_LITERAL(": "));
	if (at < 0)
		return arena_format(arena, "assertion failed: %.*s", VIEW_FORMAT(expression));
	place = view_take(rest, (size_t)at);
	function = view_skip(rest, (size_t)at + 2);
	if (view_ends_with(function, VIEW_LITERAL(": ")))
		function = view_take(function, function.size - 2);
	if (!function.size)
		return arena_format(arena, "assertion failed: %.*s (%.*s)", VIEW_FORMAT(expression),
				    VIEW_FORMAT(place));
	return arena_format(arena, "assertion failed in %.*s: %.*s (%.*s)", VIEW_FORMAT(function),
			    VIEW_FORMAT(expression), VIEW_FORMAT(place));
}

static bool is_about_heap(struct view message)
{
	static const char *const marks[] = {
		"malloc(): ",
		"free(): ",
		"realloc(): ",
		"calloc(): ",
		"corrupted ",
		"munmap_chunk(",
		"malloc_consolidate()",
		"mremap_chunk(",
		"invalid next size",
		"mismatching next->prev_size",
		"unaligned tcache chunk",
		"malloc: ",
		"sysmalloc: ",
	};

	for (size_t i = 0; i < sizeof(marks) / sizeof(marks[0]); i++)
		if (contains(message, marks[i]))
			return true;
	return false;
}

static struct view describe_message(struct view message, struct arena *arena)
{
	struct view cause = describe_assertion(message, arena);

	if (cause.size)
		return cause;
	if (contains(message, "stack smashing detected"))
		return VIEW_LITERAL("stack smashing: a buffer on the stack was overrun");
	if (contains(message, "buffer overflow detected"))
		return VIEW_LITERAL("buffer overflow found by a checked library function");
	if (contains(message, "double free"))
		return arena_join(arena, VIEW_LITERAL("double free: "), message, VIEW_LITERAL(""));
	if (is_about_heap(message))
		return arena_join(arena, VIEW_LITERAL("heap corruption: "), message,
				  VIEW_LITERAL(""));
	return message;
}

/* libstdc++: "terminate called after throwing an instance of 'X'\n  what():  text" */
static struct view describe_exception(struct view text, struct arena *arena)
{
	struct view type, what;
	ssize_t at;

	if (!find_between(text, "terminate called after throwing an instance of '", "'", &type))
		return (struct view){0};
	type = printable(type, arena);
	at = view_find(text, VIEW_LITERAL("what():"));
	if (at < 0)
		return arena_join(arena, VIEW_LITERAL("uncaught C++ exception "), type,
				  VIEW_LITERAL(""));
	what = view_trim(view_skip(text, (size_t)at + strlen("what():")));
	at = view_find_byte(what, '\n');
	if (at >= 0)
		what = view_take(what, (size_t)at);
	what = printable(what, arena);
	return arena_format(arena, "uncaught C++ exception %.*s: %.*s", VIEW_FORMAT(type),
			    VIEW_FORMAT(what));
}

/* "thread 'main' panicked at src/main.rs:2:5:\ntext"; before 1.73 "panicked at 'text', place". */
static struct view describe_panic(struct view text, struct arena *arena)
{
	struct view line, message;
	ssize_t at = view_find(text, VIEW_LITERAL(" panicked at "));

	if (at < 0)
		return (struct view){0};
	text = view_skip(text, (size_t)at + strlen(" panicked at "));
	if (!view_next_token(&text, '\n', &line))
		return (struct view){0};
	if (!view_ends_with(line, VIEW_LITERAL(":")) || !view_next_token(&text, '\n', &message)) {
		line = printable(line, arena);
		return arena_join(arena, VIEW_LITERAL("Rust panic: "), line, VIEW_LITERAL(""));
	}
	line = printable(view_take(line, line.size - 1), arena);
	message = printable(message, arena);
	return arena_format(arena, "Rust panic: %.*s (%.*s)", VIEW_FORMAT(message),
			    VIEW_FORMAT(line));
}

static bool has_frame(const struct crash_facts *facts, const char *prefix)
{
	for (uint32_t i = 0; i < facts->frames_count; i++)
		if (view_starts_with(facts->frames[i].function, view_of_text(prefix)) ||
		    view_starts_with(facts->frames[i].symbol, view_of_text(prefix)))
			return true;
	return false;
}

static struct view describe_frames(const struct crash_facts *facts)
{
	bool is_terminate =
		has_frame(facts, "std::terminate") || has_frame(facts, "_ZSt9terminatev");

	if (has_frame(facts, "__cxa_pure_virtual"))
		return VIEW_LITERAL("pure virtual function called");
	if (has_frame(facts, "__cxa_throw") &&
	    (is_terminate || has_frame(facts, "__gxx_personality_v0")))
		return VIEW_LITERAL("uncaught C++ exception");
	if (is_terminate || has_frame(facts, "__gnu_cxx::__verbose_terminate_handler"))
		return VIEW_LITERAL("std::terminate() was called");
	if (has_frame(facts, "__stack_chk_fail"))
		return VIEW_LITERAL("stack smashing: a buffer on the stack was overrun");
	if (has_frame(facts, "__assert_fail"))
		return VIEW_LITERAL("assertion failed");
	if (has_frame(facts, "rust_panic") || has_frame(facts, "rust_begin_unwind") ||
	    has_frame(facts, "std::panicking::"))
		return VIEW_LITERAL("Rust panic");
	return (struct view){0};
}

struct view crash_abort_cause_printed(struct view stderr_tail, struct arena *arena)
{
	struct view cause = describe_exception(stderr_tail, arena);

	return cause.size ? cause : describe_panic(stderr_tail, arena);
}

struct view crash_abort_cause_describe(const struct crash_facts *facts, struct arena *arena)
{
	struct view cause = {0};

	if (!facts->is_metadata_only && facts->message.size)
		cause = describe_message(printable(facts->message, arena), arena);
	if (!cause.size && !facts->is_metadata_only)
		cause = crash_abort_cause_printed(facts->stderr_tail, arena);
	return cause.size ? cause : describe_frames(facts);
}
