/* Failed calls in the order they came; the text of standard error put together, then cut into its
 * last lines. */
#include "crash/trail_text.h"

#include <errno.h>
#include "crash/syscall_name.h"

#define TEXT_BYTES      (TRAIL_PIECES * (STDERR_PIECE_BYTES + 1))
#define LAST_MOMENTS_NS 10000000000ull

static uint32_t kept(uint32_t count, uint32_t capacity)
{
	return count < capacity ? count : capacity;
}

static uint32_t write_calls(const struct crash_trail *trail, uint64_t unix_offset_ns,
			    struct arena *arena, struct breadcrumb *crumbs, uint32_t room)
{
	uint32_t count = kept(trail->calls_count, TRAIL_CALLS), written = 0;

	for (uint32_t i = trail->calls_count - count; i != trail->calls_count && written < room;
	     i++) {
		const struct failed_call *call = &trail->calls[i % TRAIL_CALLS];
		const char *error = strerrorname_np(call->error);
		struct breadcrumb *crumb = &crumbs[written];

		if (call->time_ns == 0)
			continue;
		*crumb = (struct breadcrumb){
			.kind = BREADCRUMB_SYSCALL,
			.is_error = true,
			.unix_ns = call->time_ns + unix_offset_ns,
			.category = VIEW_LITERAL("syscall"),
			.message = arena_format(arena, "%s: %s", syscall_name_of(call->number),
						error ? error : "unknown error"),
		};
		attribute_set_integer(&crumb->attributes, arena, "errno", call->error);
		attribute_set_integer(&crumb->attributes, arena, "argument",
				      (int64_t)call->argument);
		attribute_set_integer(&crumb->attributes, arena, "thread.id", call->tid);
		written++;
	}
	return written;
}

/* Text with its times: where each piece begins. */
struct stderr_text {
	char bytes[TEXT_BYTES];
	size_t size;
	size_t begins[TRAIL_PIECES];
	uint64_t times_ns[TRAIL_PIECES];
	uint32_t pieces_count;
};

static void gather(const struct crash_trail *trail, struct stderr_text *text)
{
	uint32_t count = kept(trail->pieces_count, TRAIL_PIECES);

	text->size = text->pieces_count = 0;
	for (uint32_t i = trail->pieces_count - count; i != trail->pieces_count; i++) {
		const struct stderr_piece *piece = &trail->pieces[i % TRAIL_PIECES];
		size_t size = kept(piece->captured, STDERR_PIECE_BYTES);

		/* Only the end of a long write is here: it does not go on from the one before. */
		if (piece->size > size && text->size && text->bytes[text->size - 1] != '\n')
			text->bytes[text->size++] = '\n';
		text->begins[text->pieces_count] = text->size;
		text->times_ns[text->pieces_count++] = piece->time_ns;
		memcpy(text->bytes + text->size, piece->bytes, size);
		text->size += size;
	}
}

static uint64_t time_at(const struct stderr_text *text, size_t offset)
{
	uint32_t i = text->pieces_count;

	while (i > 1 && text->begins[i - 1] > offset)
		i--;
	return i ? text->times_ns[i - 1] : 0;
}

/* Skips an escape sequence (ESC [ … letter) that begins here; how many bytes it takes. */
static size_t escape_size(struct view line, size_t i)
{
	size_t end = i + 2;

	if (line.bytes[i] != '\x1b' || i + 1 >= line.size || line.bytes[i + 1] != '[')
		return 0;
	while (end < line.size && (unsigned char)line.bytes[end] < 0x40)
		end++;
	return end < line.size ? end + 1 - i : line.size - i;
}

static struct view clean_line(struct view line, struct arena *arena)
{
	char *out = arena_allocate(arena, line.size + 1);
	size_t size = 0;

	for (size_t i = 0; out && i < line.size;) {
		size_t skipped = escape_size(line, i);

		if (skipped) {
			i += skipped;
			continue;
		}
		if ((unsigned char)line.bytes[i] >= 0x20 && line.bytes[i] != 0x7f)
			out[size++] = line.bytes[i];
		else if (line.bytes[i] == '\t')
			out[size++] = ' ';
		i++;
	}
	return view_of(out, out ? size : 0);
}

/* From the end: the last lines are the ones wanted. */
static uint32_t write_lines(const struct stderr_text *text, uint64_t unix_offset_ns,
			    struct arena *arena, struct breadcrumb *crumbs, uint32_t room)
{
	size_t end = text->size;
	uint32_t written = 0;

	while (end > 0 && written < room) {
		size_t begin = end;
		struct view line;

		while (begin > 0 && text->bytes[begin - 1] != '\n')
			begin--;
		line = clean_line(view_of(text->bytes + begin, end - begin), arena);
		if (view_trim(line).size)
			crumbs[written++] = (struct breadcrumb){
				.kind = BREADCRUMB_STDERR,
				.is_error = true,
				.unix_ns = time_at(text, begin) + unix_offset_ns,
				.category = VIEW_LITERAL("stderr"),
				.message = line,
			};
		end = begin ? begin - 1 : 0;
	}
	return written;
}

static void reverse(struct breadcrumb *crumbs, uint32_t count)
{
	for (uint32_t i = 0; i < count / 2; i++) {
		struct breadcrumb swapped = crumbs[i];

		crumbs[i] = crumbs[count - 1 - i];
		crumbs[count - 1 - i] = swapped;
	}
}

uint32_t trail_text_write(const struct crash_trail *trail, uint64_t unix_offset_ns,
			  struct arena *arena, struct breadcrumb *ret_crumbs, uint32_t room)
{
	uint32_t calls = write_calls(trail, unix_offset_ns, arena, ret_crumbs, room), lines;
	struct stderr_text text;

	gather(trail, &text);
	room -= calls;
	lines = write_lines(&text, unix_offset_ns, arena, ret_crumbs + calls,
			    room < MAX_TRAIL_LINES ? room : MAX_TRAIL_LINES);
	reverse(ret_crumbs + calls, lines);
	return calls + lines;
}

struct view trail_text_tail(const struct crash_trail *trail, uint64_t then_ns, struct arena *arena)
{
	struct stderr_text text;
	uint32_t first = 0;

	gather(trail, &text);
	while (first < text.pieces_count && text.times_ns[first] + LAST_MOMENTS_NS < then_ns)
		first++;
	if (first == text.pieces_count)
		return (struct view){0};
	return arena_copy(arena,
			  view_of(text.bytes + text.begins[first], text.size - text.begins[first]));
}
