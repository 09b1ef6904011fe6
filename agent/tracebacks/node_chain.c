/*
 * Properties of a JavaScript error, line by line: a level is two spaces. An error stands at the
 * level of its key, its frames four spaces further in, its own properties one level further in.
 */
#include "tracebacks/node_chain.h"

#include "tracebacks/node_frame.h"
#include "tracebacks/node_header.h"
#include "tracebacks/source_place.h"

void node_chain_begin(struct node_chain *chain, size_t base)
{
	*chain = (struct node_chain){.base = base, .current = 0, .current_indent = base};
	for (size_t i = 1; i < MAX_NODE_LEVELS; i++)
		chain->owners[i] = NO_PARENT;
}

bool node_chain_take_omission(struct view line, struct exception *exception)
{
	struct view text = view_skip(line, source_place_indent(line));
	uint32_t count;

	if (!view_starts_with(text, VIEW_LITERAL("... ")) ||
	    view_find(text, VIEW_LITERAL(" lines matching cause stack trace ...")) < 0)
		return false;
	count = source_place_leading_number(view_skip(text, 4));
	if (count <= UINT32_MAX - exception->left_out)
		exception->left_out += count;
	return true;
}

void node_chain_add_frame(struct traceback *report, struct exception *exception,
			  const struct exception_frame *frame)
{
	struct exception_frame *added = traceback_add_frame(report, exception);

	if (!added)
		return;
	*added = *frame;
	added->function = traceback_copy(report, frame->function);
	added->file = traceback_copy(report, frame->file);
}

static struct exception *current_exception(struct node_chain *chain, struct traceback *report)
{
	return chain->current == NO_PARENT ? NULL : &report->exceptions[chain->current];
}

static void forget_owners(struct node_chain *chain, size_t level)
{
	for (size_t i = level; i < MAX_NODE_LEVELS; i++)
		chain->owners[i] = NO_PARENT;
	chain->current = NO_PARENT;
	chain->is_value_open = false;
}

uint32_t node_chain_add_error(struct traceback *report, const struct node_header *header,
			      enum exception_relation relation, uint32_t parent)
{
	struct exception *added = traceback_add_exception(report, relation, parent);

	if (!added)
		return parent;
	added->type = traceback_copy(report, header->type);
	added->value = traceback_copy(report, view_take(header->value, MAX_EXCEPTION_VALUE));
	return report->exceptions_count - 1;
}

/* An error at a level: the cause of one, or a member of its group. */
static void add_error(struct node_chain *chain, struct traceback *report, size_t level,
		      struct view text, enum exception_relation relation)
{
	uint32_t parent =
		relation == RELATION_MEMBER ? chain->owners[level - 2] : chain->owners[level - 1];
	struct node_header header;
	uint32_t added;

	forget_owners(chain, level);
	if (parent == NO_PARENT || !node_header_parse(text, &header))
		return;
	added = node_chain_add_error(report, &header, relation, parent);
	if (added == parent)
		return;
	chain->owners[level] = added;
	chain->current = added;
	chain->current_indent = chain->base + level * 2;
	chain->is_value_open = !header.is_stackless;
}

static void open_group(struct node_chain *chain, struct traceback *report, size_t level)
{
	uint32_t owner = chain->owners[level - 1];

	forget_owners(chain, level);
	if (owner == NO_PARENT)
		return;
	report->exceptions[owner].is_group = true;
	chain->group_levels |= 1u << level;
}

/* A key with its value, an element, or a closing bracket. */
static void take_property(struct node_chain *chain, struct traceback *report, size_t level,
			  struct view text)
{
	static const struct view cause = VIEW_LITERAL("[cause]: ");

	if (view_starts_with(text, cause)) {
		add_error(chain, report, level, view_skip(text, cause.size), RELATION_CAUSE);
		return;
	}
	if (view_equals(text, VIEW_LITERAL("[errors]: ["))) {
		open_group(chain, report, level);
		return;
	}
	if (view_starts_with(text, VIEW_LITERAL("]")))
		chain->group_levels &= ~(1u << level);
	if (level >= 2 && chain->group_levels & 1u << (level - 1) &&
	    !view_starts_with(text, VIEW_LITERAL("}")))
		add_error(chain, report, level, text, RELATION_MEMBER);
	else
		forget_owners(chain, level);
}

/* A frame of the current error, or one more line of its message. */
static bool take_of_current(struct node_chain *chain, struct traceback *report, struct view line,
			    size_t indent)
{
	struct exception *exception = current_exception(chain, report);
	struct node_frame parsed;

	if (!exception || indent < chain->current_indent)
		return false;
	if (indent == chain->current_indent + 4 && node_frame_parse(line, &parsed)) {
		node_chain_add_frame(report, exception, &parsed.frame);
		chain->is_value_open = false;
		return true;
	}
	if (!chain->is_value_open)
		return indent > chain->current_indent && node_chain_take_omission(line, exception);
	traceback_add_value_line(report, exception, view_skip(line, chain->current_indent));
	return true;
}

enum node_chain_step node_chain_take(struct node_chain *chain, struct traceback *report,
				     struct view line)
{
	size_t indent = source_place_indent(line);
	struct view text = view_skip(line, indent);
	size_t level;

	if (take_of_current(chain, report, line, indent))
		return NODE_CHAIN_TAKEN;
	if (!text.size && (chain->is_value_open || chain->current == NO_PARENT))
		return NODE_CHAIN_TAKEN;
	if (indent < chain->base)
		return NODE_CHAIN_NOT_MINE;
	if (indent == chain->base)
		return view_starts_with(text, VIEW_LITERAL("}")) ? NODE_CHAIN_CLOSED
								 : NODE_CHAIN_NOT_MINE;
	level = (indent - chain->base) / 2;
	if (level == 0 || level >= MAX_NODE_LEVELS)
		return NODE_CHAIN_TAKEN;
	take_property(chain, report, level, text);
	return NODE_CHAIN_TAKEN;
}
