/*
 *      0  shop::order_total(shop::Order const&)   order.cc:42
 *      1  visit                                   shop  … 1200 more like this
 *   12 more threads: worker-1 in poll, worker-2 in poll, …
 *
 * Equal frames in a row are one line: what matters of a recursion is who began it.
 */
#include "terminal/terminal_stack.h"

#include <stdio.h>

#define MAX_SHOWN_ROWS   24
#define INDENT           2
#define FRAME_INDENT     (TERMINAL_STACK_NUMBER_COLUMNS + 2)
#define PLACE_GAP        2
#define WIDE_COLUMNS     120
#define NAME_BYTES       1024
#define ELLIPSIS_COLUMNS 3

/* One line: the frame, its number and how many more like it follow. */
struct stack_row {
	const struct crash_frame *frame;
	uint32_t number;
	uint64_t repeats;
};

/* What people look at first, first; the numbers are DWARF's. */
static const struct {
	const char *name;
	unsigned int number;
} shown_registers[] = {
#if defined(__aarch64__)
	{"pc", 32}, {"sp", 31}, {"lr", 30}, {"fp", 29}, {"x0", 0}, {"x1", 1}, {"x2", 2}, {"x3", 3},
#else
	{"rip", 16}, {"rsp", 7}, {"rbp", 6}, {"rax", 0}, {"rdi", 5},
	{"rsi", 4},  {"rdx", 1}, {"rcx", 2}, {"rbx", 3},
#endif
};

static void text(struct terminal_line *line, enum terminal_colour colour, const char *words)
{
	terminal_line_text(line, colour, view_of_text(words));
}

static void number(struct terminal_line *line, enum terminal_colour colour, const char *format,
		   unsigned long long value)
{
	char words[64];

	(void)snprintf(words, sizeof(words), format, value);
	text(line, colour, words);
}

/* How the compiler spells it, and how people do. */
static const struct {
	struct view spelled, said;
} spellings[] = {
	{VIEW_LITERAL("std::__cxx11::basic_string<char, std::char_traits<char>, "
		      "std::allocator<char> >"),
	 VIEW_LITERAL("std::string")},
	{VIEW_LITERAL("[abi:cxx11]"), VIEW_LITERAL("")},
};

static size_t spelling_at(struct view name)
{
	size_t i = 0;

	while (i < sizeof(spellings) / sizeof(spellings[0]) &&
	       !view_starts_with(name, spellings[i].spelled))
		i++;
	return i;
}

/* Names too long for the buffer stay as they are: they are cut for the line anyway. */
static struct view readable_name(struct view name, char buffer[NAME_BYTES])
{
	size_t size = 0;

	if (name.size > NAME_BYTES)
		return name;
	while (name.size) {
		size_t spelling = spelling_at(name);

		if (spelling < sizeof(spellings) / sizeof(spellings[0])) {
			memcpy(buffer + size, spellings[spelling].said.bytes,
			       spellings[spelling].said.size);
			size += spellings[spelling].said.size;
			name = view_skip(name, spellings[spelling].spelled.size);
		} else {
			buffer[size++] = name.bytes[0];
			name = view_skip(name, 1);
		}
	}
	return view_of(buffer, size);
}

static struct view frame_name(const struct crash *crash, const struct crash_frame *frame,
			      char buffer[NAME_BYTES])
{
	int size;

	if (frame->function.size)
		return readable_name(frame->function, buffer);
	if (frame->image < crash->images_count) {
		struct view file = view_take(view_base_name(crash->images[frame->image].path), 100);

		size = snprintf(
			buffer, NAME_BYTES, "%.*s+0x%llx", VIEW_FORMAT(file),
			(unsigned long long)(frame->pc - crash->images[frame->image].start));
	} else {
		size = snprintf(buffer, NAME_BYTES, "0x%llx", (unsigned long long)frame->pc);
	}
	return view_of(buffer, size > 0 ? (size_t)size : 0);
}

/* An unnamed frame has its file in the name already. */
static struct view place_name(const struct crash *crash, const struct crash_frame *frame)
{
	if (frame->file.size)
		return view_base_name(frame->file);
	if (frame->function.size && frame->image < crash->images_count)
		return view_base_name(crash->images[frame->image].path);
	return (struct view){0};
}

static bool next_row(const struct crash_thread *thread, uint32_t *at, struct stack_row *ret_row)
{
	const struct crash_frame *frame;

	if (*at >= thread->frames_count)
		return false;
	frame = &thread->frames[*at];
	*ret_row = (struct stack_row){.frame = frame, .number = *at, .repeats = frame->repeats};
	for ((*at)++; *at < thread->frames_count; (*at)++) {
		const struct crash_frame *next = &thread->frames[*at];

		if (next->pc != frame->pc || next->image != frame->image)
			break;
		ret_row->repeats += 1 + next->repeats;
	}
	return true;
}

static size_t place_width(const struct crash *crash, const struct crash_frame *frame,
			  const struct terminal_style *style)
{
	size_t width = terminal_line_width(style, place_name(crash, frame));
	char line_number[16];

	if (frame->file.size)
		width += (size_t)snprintf(line_number, sizeof(line_number), ":%u", frame->line);
	return width;
}

/* Names get all the places leave, and at least a third of the line. */
static size_t name_columns(const struct crash *crash, const struct crash_thread *thread,
			   const struct terminal_style *style)
{
	size_t names = 0, places = 0, used, limit;
	char buffer[NAME_BYTES];
	struct stack_row row;
	uint32_t at = 0;

	for (int rows = 0; rows < MAX_SHOWN_ROWS && next_row(thread, &at, &row); rows++) {
		size_t name = terminal_line_width(style, frame_name(crash, row.frame, buffer));
		size_t place = place_width(crash, row.frame, style);

		names = name > names ? name : names;
		places = place > places ? place : places;
	}
	used = FRAME_INDENT + PLACE_GAP + places;
	limit = style->width > used ? style->width - used : 0;
	if (limit < style->width / 3)
		limit = style->width / 3;
	return names < limit ? names : limit;
}

static void print_place(const struct crash *crash, const struct stack_row *row,
			struct terminal_line *line)
{
	const struct crash_frame *frame = row->frame;
	struct view place = place_name(crash, frame);
	bool is_utf8 = line->style->is_utf8;

	terminal_line_text(line, frame->file.size ? COLOUR_PLAIN : COLOUR_DIM, place);
	if (frame->file.size)
		number(line, COLOUR_PLAIN, ":%llu", frame->line);
	/* How far to believe it. */
	if (frame->trust == TRUST_SCAN)
		text(line, COLOUR_DIM,
		     place.size ? "  (found by scanning)" : "(found by scanning)");
	if (row->repeats)
		number(line, COLOUR_YELLOW,
		       is_utf8 ? "  … %llu more like this" : "  ... %llu more like this",
		       row->repeats);
}

static void print_row(const struct crash *crash, const struct stack_row *row, size_t columns,
		      struct terminal_line *line)
{
	size_t width = line->limit;
	char buffer[NAME_BYTES];

	(void)snprintf(buffer, sizeof(buffer), "%u", row->number);
	terminal_line_right(line, COLOUR_DIM, TERMINAL_STACK_NUMBER_COLUMNS, view_of_text(buffer));
	terminal_line_pad(line, FRAME_INDENT);
	line->limit = FRAME_INDENT + columns < width ? FRAME_INDENT + columns : width;
	terminal_line_text(line, row->frame->is_in_app ? COLOUR_BOLD : COLOUR_DIM,
			   frame_name(crash, row->frame, buffer));
	line->limit = width;
	terminal_line_pad(line, FRAME_INDENT + columns + PLACE_GAP);
	print_place(crash, row, line);
	terminal_line_end(line);
}

static void print_frames(const struct crash *crash, const struct crash_thread *thread,
			 struct terminal_line *line)
{
	size_t columns = name_columns(crash, thread, line->style);
	struct stack_row row;
	uint32_t at = 0;

	for (int rows = 0; rows < MAX_SHOWN_ROWS && next_row(thread, &at, &row); rows++)
		print_row(crash, &row, columns, line);
	if (at < thread->frames_count) {
		terminal_line_pad(line, FRAME_INDENT);
		number(line, COLOUR_DIM,
		       thread->frames_count - at == 1 ? "and %llu more frame"
						      : "and %llu more frames",
		       thread->frames_count - at);
		terminal_line_end(line);
	}
	if (thread->is_truncated) {
		terminal_line_pad(line, FRAME_INDENT);
		text(line, COLOUR_DIM, "the stack goes on beyond what was copied");
		terminal_line_end(line);
	}
}

static struct view thread_name(const struct crash_thread *thread, char buffer[NAME_BYTES])
{
	if (thread->name.size)
		return thread->name;
	(void)snprintf(buffer, NAME_BYTES, "%u", thread->tid);
	return view_of_text(buffer);
}

/* "worker-1 in poll", when it and what may have to follow it has room. */
static bool print_thread(const struct crash *crash, const struct crash_thread *thread,
			 const char *before, bool is_last, struct terminal_line *line)
{
	char name_buffer[NAME_BYTES], function_buffer[NAME_BYTES];
	struct view name = thread_name(thread, name_buffer), function = {0};
	size_t width = terminal_line_width(line->style, name) + strlen(before);

	if (thread->frames_count) {
		function = frame_name(crash, thread->frames, function_buffer);
		width += terminal_line_width(line->style, function) + strlen(" in ");
	}
	if (line->columns + width + (is_last ? 0 : ELLIPSIS_COLUMNS) > line->limit)
		return false;
	text(line, COLOUR_DIM, before);
	terminal_line_text(line, COLOUR_PLAIN, name);
	if (function.size) {
		text(line, COLOUR_DIM, " in ");
		terminal_line_text(line, COLOUR_PLAIN, function);
	}
	return true;
}

static void print_other_threads(const struct crash *crash, struct terminal_line *line)
{
	uint32_t left = crash->threads_count - 1;
	const char *before = ": ";

	if (left == 0)
		return;
	terminal_line_pad(line, INDENT);
	number(line, COLOUR_DIM, left == 1 ? "%llu more thread" : "%llu more threads", left);
	for (uint32_t i = 0; i < crash->threads_count; i++) {
		if (i == crash->crashed_thread)
			continue;
		if (!print_thread(crash, &crash->threads[i], before, --left == 0, line)) {
			text(line, COLOUR_DIM, line->style->is_utf8 ? ", …" : ", ~");
			break;
		}
		before = ", ";
	}
	terminal_line_end(line);
}

/* As many as fit into one line. */
static void print_registers(const struct crash_thread *thread, struct terminal_line *line)
{
	char words[64];

	if (!thread->has_registers || line->style->width < WIDE_COLUMNS)
		return;
	terminal_line_pad(line, INDENT);
	for (size_t i = 0; i < sizeof(shown_registers) / sizeof(shown_registers[0]); i++) {
		int size = snprintf(
			words, sizeof(words), "%s%s 0x%llx", i ? "  " : "", shown_registers[i].name,
			(unsigned long long)thread->registers[shown_registers[i].number]);

		if (size < 0 || line->columns + (size_t)size > line->limit)
			break;
		text(line, COLOUR_DIM, words);
	}
	terminal_line_end(line);
}

void terminal_stack_print(const struct crash *crash, struct terminal_line *line)
{
	const struct crash_thread *thread = crash_raising_thread(crash);

	if (!thread)
		return;
	print_frames(crash, thread, line);
	print_registers(thread, line);
	print_other_threads(crash, line);
}
