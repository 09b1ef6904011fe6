/*
 * Readers of the propagation fields a request came with. All are hostile input: a field that is not
 * to the letter is as good as absent (W3C Trace Context level 2, section 4.3), because continuing a
 * wrong trace is worse than starting one.
 */
#include "tracing/trace_context.h"

#define TRACEPARENT_BYTES 55
#define FLAG_SAMPLED      1
#define FLAG_RANDOM       2

static bool has_upper_case(struct view v)
{
	for (size_t i = 0; i < v.size; i++)
		if (v.bytes[i] >= 'A' && v.bytes[i] <= 'Z')
			return true;
	return false;
}

static bool is_zero(const uint8_t *bytes, size_t size)
{
	for (size_t i = 0; i < size; i++)
		if (bytes[i])
			return false;
	return true;
}

static bool parse_id(struct view text, uint8_t *ret_id, size_t size)
{
	return view_parse_hex(text, ret_id, size) == 0 && !is_zero(ret_id, size);
}

static struct view slice(struct view v, size_t offset, size_t size)
{
	return view_take(view_skip(v, offset), size);
}

/* 00-<32 hex>-<16 hex>-<2 hex>; later versions may go on after a further dash. */
static bool parse_traceparent(struct view text, struct trace_context *ret)
{
	uint8_t version, flags;

	if (text.size < TRACEPARENT_BYTES || has_upper_case(view_take(text, TRACEPARENT_BYTES)) ||
	    text.bytes[2] != '-' || text.bytes[35] != '-' || text.bytes[52] != '-' ||
	    view_parse_hex(slice(text, 0, 2), &version, 1) < 0 || version == 0xff ||
	    view_parse_hex(slice(text, 53, 2), &flags, 1) < 0)
		return false;
	if (text.size > TRACEPARENT_BYTES && (version == 0 || text.bytes[TRACEPARENT_BYTES] != '-'))
		return false;
	if (!parse_id(slice(text, 3, 32), ret->trace_id, TRACE_ID_BYTES) ||
	    !parse_id(slice(text, 36, 16), ret->parent_span_id, SPAN_ID_BYTES))
		return false;
	ret->has_sampled = true;
	ret->is_sampled = flags & FLAG_SAMPLED;
	ret->has_random_flag = flags & FLAG_RANDOM;
	ret->source = TRACE_CONTEXT_TRACEPARENT;
	return true;
}

/* <32 hex>-<16 hex>[-0|-1] */
static bool parse_sentry_trace(struct view text, struct trace_context *ret)
{
	text = view_trim(text);
	if (text.size != 49 && text.size != 51)
		return false;
	if (text.bytes[32] != '-' || !parse_id(slice(text, 0, 32), ret->trace_id, TRACE_ID_BYTES) ||
	    !parse_id(slice(text, 33, 16), ret->parent_span_id, SPAN_ID_BYTES))
		return false;
	ret->source = TRACE_CONTEXT_SENTRY;
	if (text.size == 49)
		return true;
	if (text.bytes[49] != '-' || (text.bytes[50] != '0' && text.bytes[50] != '1'))
		return false;
	ret->has_sampled = true;
	ret->is_sampled = text.bytes[50] == '1';
	return true;
}

/* 1, 0, d for debug; the old words; empty: deferred. */
static bool parse_b3_sampled(struct view text, struct trace_context *ret)
{
	if (text.size == 0)
		return true;
	ret->has_sampled = true;
	ret->is_sampled = view_equals(text, VIEW_LITERAL("1")) ||
			  view_equals(text, VIEW_LITERAL("d")) ||
			  view_equals_ignoring_case(text, VIEW_LITERAL("true"));
	return ret->is_sampled || view_equals(text, VIEW_LITERAL("0")) ||
	       view_equals_ignoring_case(text, VIEW_LITERAL("false"));
}

/* 64-bit trace ids are the low half of ours. */
static bool parse_b3_ids(struct view trace_id, struct view span_id, struct trace_context *ret)
{
	ret->source = TRACE_CONTEXT_B3;
	if (!parse_id(span_id, ret->parent_span_id, SPAN_ID_BYTES))
		return false;
	if (trace_id.size == 16)
		return parse_id(trace_id, ret->trace_id + 8, 8);
	return parse_id(trace_id, ret->trace_id, TRACE_ID_BYTES);
}

static bool parse_b3(const struct propagation *propagation, struct trace_context *ret)
{
	struct view rest = propagation->b3, part[4] = {{0}};
	size_t count = 0;

	if (rest.size == 0)
		return parse_b3_ids(propagation->b3_trace_id, propagation->b3_span_id, ret) &&
		       parse_b3_sampled(propagation->b3_sampled, ret);
	while (count < 4 && view_next_token(&rest, '-', &part[count]))
		count++;
	/* A lone sampling state has no ids to continue; the parent's parent tells us nothing. */
	if (count < 2 || rest.bytes || (count > 2 && part[2].size != 1) ||
	    (count > 3 && part[3].size != 16))
		return false;
	return parse_b3_ids(part[0], part[1], ret) && parse_b3_sampled(part[2], ret);
}

/*
 * Sentry SDKs that also send traceparent have no way to say "deferred" there and write 00. Their
 * own field then knows better.
 */
static void refine_by_sentry(const struct propagation *propagation, struct trace_context *context)
{
	struct trace_context sentry = {0};

	if (propagation->sentry_trace.size == 0 ||
	    !parse_sentry_trace(propagation->sentry_trace, &sentry) ||
	    memcmp(sentry.trace_id, context->trace_id, TRACE_ID_BYTES) != 0 ||
	    memcmp(sentry.parent_span_id, context->parent_span_id, SPAN_ID_BYTES) != 0)
		return;
	if (!sentry.has_sampled && !context->is_sampled)
		context->has_sampled = false;
}

bool trace_context_extract(const struct propagation *propagation, struct trace_context *ret)
{
	struct trace_context context = {0};

	if (propagation->traceparent.size &&
	    parse_traceparent(propagation->traceparent, &context)) {
		refine_by_sentry(propagation, &context);
		*ret = context;
		return true;
	}
	context = (struct trace_context){0};
	if (propagation->sentry_trace.size &&
	    parse_sentry_trace(propagation->sentry_trace, &context)) {
		*ret = context;
		return true;
	}
	context = (struct trace_context){0};
	if ((propagation->b3.size || propagation->b3_trace_id.size) &&
	    parse_b3(propagation, &context)) {
		*ret = context;
		return true;
	}
	return false;
}

/* Cuts one field line off the front: up to a line break that no blank follows, then over the next
 * line's name. */
static struct view next_line(struct view *rest)
{
	struct view line = *rest;
	size_t from = 0;

	for (;;) {
		struct view left = view_skip(line, from);
		ssize_t lf = view_find_byte(left, '\n');
		size_t end = from + (size_t)lf;

		if (lf < 0) {
			*rest = (struct view){0};
			return line;
		}
		from = end + 1;
		if (from < line.size && (line.bytes[from] == ' ' || line.bytes[from] == '\t'))
			continue;
		*rest = view_skip(line, from);
		*rest = view_skip(*rest, (size_t)(view_find_byte(*rest, ':') + 1));
		return view_take(line, end);
	}
}

static struct view trim_line(struct view line)
{
	while (line.size && (line.bytes[line.size - 1] == '\r' ||
			     line.bytes[line.size - 1] == ' ' || line.bytes[line.size - 1] == '\t'))
		line.size--;
	return view_trim(line);
}

struct view trace_context_join_lines(struct view lines, char *buffer, size_t size)
{
	size_t used = 0;

	if (view_find_byte(lines, '\n') < 0)
		return lines;
	while (lines.size) {
		struct view line = trim_line(next_line(&lines));

		if (line.size == 0)
			continue;
		if (line.size + (used ? 1 : 0) > size - used)
			break;
		if (used)
			buffer[used++] = ',';
		for (size_t i = 0; i < line.size; i++) /* a fold is a blank */
			buffer[used++] = line.bytes[i] == '\r' || line.bytes[i] == '\n'
						 ? ' '
						 : line.bytes[i];
	}
	return view_of(buffer, used);
}
