/*
 * Reports of Node.js, and of Deno and Bun as far as they are alike: what it prints of an error that
 * nobody caught (with an excerpt of the source before it), and what console.error() prints of one.
 * Properties behind the stack, causes and members are node_chain.c's.
 */
#include "tracebacks/node_chain.h"
#include "tracebacks/node_frame.h"
#include "tracebacks/node_header.h"
#include "tracebacks/source_place.h"
#include "tracebacks/traceback.h"

#define MAX_VALUE_LINES   256
#define MAX_EXCERPT_LINES 16
#define UNDERLINE_BYTES   1000 /* it has 1020 */
#define BUN_FRAME_INDENT  6

enum node_phase {
	PHASE_START,
	PHASE_EXCERPT, /* source, up to the caret */
	PHASE_HEADER,  /* the caret was there */
	PHASE_VALUE,   /* the message, up to the first frame */
	PHASE_FRAMES,
	PHASE_EMITTED, /* frames of who emitted it */
	PHASE_PROPERTIES,
	PHASE_END, /* the version may come */
};

struct node_state {
	enum node_phase phase;
	struct node_chain chain;
	uint32_t newest;              /* exception that frames belong to, outside of properties */
	struct exception_frame place; /* of the excerpt; views are the arena's */
	bool has_excerpt;
	bool is_thrown_value; /* no error at all: throw "text" */
	bool is_place_first;  /* the first frame is the excerpt's place */
	bool is_bun;
	bool is_unclosed;
	unsigned int lines; /* of excerpt or message */
};

static const char *const node_markers[] = {
	"\n    at ",
	"\\n    at ", /* JSON */
	"     ^\n",   /* a thrown value has no frames */
	"node:internal/",
	"Unhandled 'error' event",
	NULL,
};

/* "/srv/app/x.js:3", alone in a line. */
static bool parse_place(struct view line, struct exception_frame *ret_place)
{
	static const struct view starts[] = {
		VIEW_LITERAL("/"),          VIEW_LITERAL("file:///"), VIEW_LITERAL("node:"),
		VIEW_LITERAL("<anonymous"), VIEW_LITERAL("[eval"),    VIEW_LITERAL("[stdin]"),
		VIEW_LITERAL("internal/"),  VIEW_LITERAL("webpack"),  VIEW_LITERAL("evalmachine."),
	};
	struct exception_frame place = {0};

	for (size_t i = 0; i < sizeof(starts) / sizeof(*starts); i++) {
		struct view file = line;

		if (!view_starts_with(line, starts[i]))
			continue;
		if (!source_place_cut_number(&file, VIEW_LITERAL(":"), &place.line))
			return false;
		if (view_starts_with(file, VIEW_LITERAL("file:///")))
			file = view_skip(file, sizeof("file://") - 1);
		place.file = file;
		*ret_place = place;
		return true;
	}
	return false;
}

/* Node has so much room for blanks and carets below a line of source: of a long line, where the
 * error was is not shown. */
static bool is_full_underline(struct view line)
{
	return line.size >= UNDERLINE_BYTES && source_place_indent(line) == line.size;
}

static bool begins(const struct traceback_line *line)
{
	struct exception_frame place;
	struct node_header header;
	struct view text = view_skip(line->text, source_place_indent(line->text));

	if (parse_place(line->text, &place) || is_full_underline(line->text))
		return true;
	return node_header_parse(text, &header) &&
	       (!header.is_stackless || header.opens_properties);
}

static bool is_caret(struct view line)
{
	struct view text = view_trim(line);

	for (size_t i = 0; i < text.size; i++)
		if (text.bytes[i] != '^')
			return false;
	return text.size > 0;
}

/* Source that cannot be a frame's. */
static bool is_real_file(struct view file)
{
	return view_starts_with(file, VIEW_LITERAL("/"));
}

/* What does not compile has no frame of its own, and what is no error has none at all: the place is
 * in the excerpt only. */
static void put_place_first(struct node_state *state, struct traceback *report)
{
	struct exception *raised = &report->exceptions[0];
	struct exception_frame *added;

	if (!is_real_file(state->place.file) ||
	    !(state->is_thrown_value || view_equals(raised->type, VIEW_LITERAL("SyntaxError"))))
		return;
	added = traceback_add_frame(report, raised);
	if (!added)
		return;
	*added = state->place;
	state->is_place_first = true;
}

static void set_manner(const struct node_state *state, struct traceback *report,
		       const struct node_header *header)
{
	bool is_uncaught = state->has_excerpt || header->is_uncaught;
	bool is_rejection = header->is_rejection ||
			    view_find(state->place.context_line, VIEW_LITERAL("fromPromise")) >= 0;

	if (is_uncaught)
		report->manner = MANNER_UNCAUGHT;
	else if (is_rejection)
		report->manner = MANNER_UNOBSERVED;
	else if (!report->is_logged)
		report->manner = MANNER_LOGGED;
	if (is_rejection)
		report->mechanism = "onunhandledrejection";
	else if (is_uncaught)
		report->mechanism = "onuncaughtexception";
	else if (!report->is_logged)
		report->mechanism = "console";
}

static enum traceback_step take_header(struct node_state *state, struct traceback *report,
				       struct view line, const struct node_header *header)
{
	struct exception *raised = traceback_add_exception(report, RELATION_RAISED, NO_PARENT);

	if (!raised)
		return TRACEBACK_NOT_MINE;
	raised->type = traceback_copy(report, header->type);
	raised->value = traceback_copy(report, view_take(header->value, MAX_EXCEPTION_VALUE));
	set_manner(state, report, header);
	node_chain_begin(&state->chain, source_place_indent(line));
	if (state->has_excerpt)
		put_place_first(state, report);
	state->lines = 0;
	state->phase = PHASE_VALUE;
	if (header->is_stackless) {
		report->is_closable = !header->opens_properties;
		state->is_unclosed = header->opens_properties;
		state->phase = header->opens_properties ? PHASE_PROPERTIES : PHASE_END;
	}
	return TRACEBACK_TAKEN;
}

static enum traceback_step take_start(struct node_state *state, struct traceback *report,
				      struct view line)
{
	struct node_header header;
	struct exception_frame place;

	if (parse_place(line, &place)) {
		state->place = place;
		state->place.file = traceback_copy(report, place.file);
		state->has_excerpt = true;
		state->phase = PHASE_EXCERPT;
		return TRACEBACK_TAKEN;
	}
	/* Of a line that is a whole program, the kernel leaves the beginning out. */
	if (is_full_underline(line)) {
		report->log_message = (struct view){0}; /* source */
		state->has_excerpt = true;
		state->phase = PHASE_HEADER;
		return TRACEBACK_TAKEN;
	}
	if (!node_header_parse(view_skip(line, source_place_indent(line)), &header))
		return TRACEBACK_NOT_MINE;
	return take_header(state, report, line, &header);
}

static enum traceback_step take_excerpt(struct node_state *state, struct traceback *report,
					const struct traceback_line *line)
{
	if (line->is_write_start || ++state->lines > MAX_EXCERPT_LINES)
		return TRACEBACK_NOT_MINE;
	if (state->lines > 1 && is_full_underline(line->text)) {
		state->phase = PHASE_HEADER;
	} else if (state->lines > 1 && is_caret(line->text)) {
		state->place.column = (uint32_t)source_place_indent(line->text) + 1;
		state->phase = PHASE_HEADER;
	} else if (line->text.size) {
		state->place.context_line = traceback_copy(report, line->text);
	} else if (state->lines > 1) {
		return TRACEBACK_NOT_MINE;
	}
	return TRACEBACK_TAKEN;
}

/* A line break stands between the caret and an error, none before any other thing thrown. */
static enum traceback_step take_first_line(struct node_state *state, struct traceback *report,
					   struct view line)
{
	struct node_header header;

	if (!line.size) {
		state->lines = 0;
		return TRACEBACK_TAKEN;
	}
	if (state->lines > 0 && !node_header_parse(line, &header)) {
		header = (struct node_header){.type = VIEW_LITERAL("Error"), .value = line};
		state->is_thrown_value = true;
	} else {
		node_header_parse_any(line, &header);
	}
	return take_header(state, report, line, &header);
}

static struct view last_line(struct view text)
{
	size_t from = text.size;

	while (from > 0 && text.bytes[from - 1] != '\n')
		from--;
	return view_skip(text, from);
}

/* Deno has its excerpt behind the message. */
static void take_late_caret(struct node_state *state, struct exception *raised)
{
	struct view source = last_line(raised->value);

	if (source.size == raised->value.size)
		return;
	state->place.context_line = source;
	raised->value = view_take(raised->value, raised->value.size - source.size - 1);
}

/* The excerpt shows the line of one of the frames; usually of the first. */
static void show_source(struct node_state *state, struct exception *raised)
{
	struct exception_frame *newest = &raised->frames[raised->frames_count - 1];

	if (!state->place.context_line.size || newest->context_line.size)
		return;
	if (state->has_excerpt &&
	    (newest->line != state->place.line || !view_equals(newest->file, state->place.file)))
		return;
	newest->context_line = state->place.context_line;
	state->place.context_line = (struct view){0};
}

static bool take_frame(struct node_state *state, struct traceback *report, struct view line)
{
	struct exception *raised = &report->exceptions[state->newest];
	size_t indent = source_place_indent(line);
	struct node_frame parsed;

	if (indent <= state->chain.base || !node_frame_parse(line, &parsed))
		return false;
	if (state->is_place_first && raised->frames_count == 1 &&
	    parsed.frame.line == raised->frames[0].line &&
	    view_equals(parsed.frame.file, raised->frames[0].file))
		raised->frames_count = 0;
	state->is_bun = indent == state->chain.base + BUN_FRAME_INDENT;
	node_chain_add_frame(report, raised, &parsed.frame);
	if (raised->frames_count)
		show_source(state, raised);
	report->is_closable = !parsed.opens_properties;
	state->is_unclosed = parsed.opens_properties;
	state->phase = parsed.opens_properties ? PHASE_PROPERTIES : PHASE_FRAMES;
	return true;
}

static bool is_trace_hint(struct view line)
{
	return view_starts_with(line, VIEW_LITERAL("(Use `node --trace-uncaught"));
}

static enum traceback_step take_end(struct node_state *state, struct traceback *report,
				    struct view line)
{
	bool is_bun = view_starts_with(line, VIEW_LITERAL("Bun v"));

	state->phase = PHASE_END;
	if (!line.size || is_trace_hint(line) || view_equals(line, VIEW_LITERAL("Thrown at:")))
		return TRACEBACK_TAKEN;
	if (!is_bun && !view_starts_with(line, VIEW_LITERAL("Node.js v")))
		return TRACEBACK_NOT_MINE;
	report->runtime_version =
		traceback_copy(report, is_bun ? line : view_skip(line, sizeof("Node.js ") - 1));
	report->manner = MANNER_UNCAUGHT;
	if (is_bun)
		report->mechanism = "onuncaughtexception";
	return TRACEBACK_LAST;
}

static enum traceback_step take_value(struct node_state *state, struct traceback *report,
				      const struct traceback_line *line)
{
	struct exception *raised = &report->exceptions[state->newest];

	if (take_frame(state, report, line->text))
		return TRACEBACK_TAKEN;
	if (state->is_thrown_value && is_trace_hint(line->text))
		return take_end(state, report, line->text);
	if (line->is_write_start)
		return state->has_excerpt ? take_end(state, report, line->text)
					  : TRACEBACK_NOT_MINE;
	if (++state->lines > MAX_VALUE_LINES)
		return TRACEBACK_NOT_MINE;
	if (!state->has_excerpt && report->manner == MANNER_UNCAUGHT && is_caret(line->text))
		take_late_caret(state, raised);
	else
		traceback_add_value_line(report, raised, view_skip(line->text, state->chain.base));
	return TRACEBACK_TAKEN;
}

/* Pino writes causes one after the other, as Java does. */
static bool take_late_cause(struct node_state *state, struct traceback *report, struct view line)
{
	struct node_header header;

	if (!view_starts_with(line, VIEW_LITERAL("caused by: ")))
		return false;
	node_header_parse_any(view_skip(line, sizeof("caused by: ") - 1), &header);
	state->newest = node_chain_add_error(report, &header, RELATION_CAUSE, state->newest);
	state->lines = 0;
	state->phase = PHASE_VALUE;
	return true;
}

static enum traceback_step take_more_frames(struct node_state *state, struct traceback *report,
					    struct view line)
{
	if (take_frame(state, report, line) || take_late_cause(state, report, line) ||
	    node_chain_take_omission(line, &report->exceptions[state->newest]))
		return TRACEBACK_TAKEN;
	if (view_starts_with(line, VIEW_LITERAL("Emitted 'error' event"))) {
		state->phase = PHASE_EMITTED;
		return TRACEBACK_TAKEN;
	}
	if (!line.size && (state->has_excerpt || state->is_bun))
		return take_end(state, report, line);
	return TRACEBACK_NOT_MINE;
}

static enum traceback_step take_emitted(struct node_state *state, struct traceback *report,
					struct view line)
{
	struct node_frame parsed;

	if (node_frame_parse(line, &parsed)) {
		state->chain.current = NO_PARENT;
		state->is_unclosed = parsed.opens_properties;
		if (parsed.opens_properties)
			state->phase = PHASE_PROPERTIES;
		return TRACEBACK_TAKEN;
	}
	if (view_find(line, VIEW_LITERAL("[... lines matching original stack trace ...]")) >= 0)
		return TRACEBACK_TAKEN;
	return line.size ? TRACEBACK_NOT_MINE : take_end(state, report, line);
}

static enum traceback_step take_properties(struct node_state *state, struct traceback *report,
					   struct view line)
{
	switch (node_chain_take(&state->chain, report, line)) {
	case NODE_CHAIN_TAKEN:
		return TRACEBACK_TAKEN;
	case NODE_CHAIN_NOT_MINE:
		return TRACEBACK_NOT_MINE;
	case NODE_CHAIN_CLOSED:
		break;
	}
	state->phase = PHASE_END;
	state->is_unclosed = false;
	report->is_closable = true;
	return state->has_excerpt ? TRACEBACK_TAKEN : TRACEBACK_LAST;
}

static enum traceback_step take(void *opaque, struct traceback *report,
				const struct traceback_line *line)
{
	struct node_state *state = opaque;

	switch (state->phase) {
	case PHASE_START:
		return take_start(state, report, line->text);
	case PHASE_EXCERPT:
		return take_excerpt(state, report, line);
	case PHASE_HEADER:
		return take_first_line(state, report, line->text);
	case PHASE_VALUE:
		return take_value(state, report, line);
	case PHASE_FRAMES:
		return take_more_frames(state, report, line->text);
	case PHASE_EMITTED:
		return take_emitted(state, report, line->text);
	case PHASE_PROPERTIES:
		return take_properties(state, report, line->text);
	case PHASE_END:
		return take_end(state, report, line->text);
	}
	return TRACEBACK_NOT_MINE;
}

static bool finish(void *opaque, struct traceback *report)
{
	struct node_state *state = opaque;

	if (!report->exceptions_count)
		return false;
	report->is_truncated |= state->is_unclosed;
	if (state->has_excerpt)
		return true;
	for (uint32_t i = 0; i < report->exceptions_count; i++)
		if (report->exceptions[i].frames_count)
			return true;
	return false;
}

const struct traceback_language traceback_node = {
	.name = "node",
	.language = LANGUAGE_NODE,
	.markers = node_markers,
	.state_bytes = sizeof(struct node_state),
	.begins = begins,
	.take = take,
	.finish = finish,
};
