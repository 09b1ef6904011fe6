/* Follows the records of a body by their headers: contents need not be there. */
#include "protocols/fastcgi_body.h"

#define END_BYTES 16

/* What a record's header means to the body. False: it cannot be here. */
static bool begin_record(const struct fastcgi_record *record, uint64_t *payload, bool *ret_is_last)
{
	*ret_is_last = false;
	switch (record->type) {
	case FASTCGI_STDIN:
		*ret_is_last = record->content_size == 0;
		*payload += record->content_size;
		return true;
	case FASTCGI_STDOUT:
		*payload += record->content_size;
		return true;
	case FASTCGI_ABORT_REQUEST:
	case FASTCGI_END_REQUEST:
		*ret_is_last = true;
		return true;
	case FASTCGI_STDERR:
	case FASTCGI_DATA:
		return true;
	default:
		return record->id == 0;
	}
}

static size_t take_header(struct fastcgi_body_state *state, struct view bytes)
{
	size_t left = FASTCGI_HEADER_BYTES - state->header_size;
	size_t part = bytes.size < left ? bytes.size : left;

	memcpy(state->header + state->header_size, bytes.bytes, part);
	state->header_size += (uint8_t)part;
	return part;
}

enum parse_result fastcgi_body_parse(void *body_state, struct view bytes, size_t *ret_consumed,
				     uint64_t *ret_skip, uint64_t *ret_payload)
{
	struct fastcgi_body_state *state = body_state;
	uint64_t payload = 0, skip = 0;
	size_t at = 0;

	while (at < bytes.size && !state->is_end) {
		struct fastcgi_record record;
		size_t left, rest;
		bool is_last;

		at += take_header(state, view_skip(bytes, at));
		switch (fastcgi_record_read(view_of(state->header, state->header_size), &record)) {
		case PARSE_INVALID:
			return PARSE_INVALID;
		case PARSE_NEED_MORE:
			continue;
		case PARSE_DONE:
			break;
		}
		if (!begin_record(&record, &payload, &is_last))
			return PARSE_INVALID;
		state->header_size = 0;
		rest = record.size - FASTCGI_HEADER_BYTES;
		if (is_last) {
			state->is_end = true;
			state->end_left = (uint16_t)(rest < UINT16_MAX ? rest : UINT16_MAX);
			break;
		}
		left = bytes.size - at;
		skip = rest > left ? rest - left : 0;
		at += rest - (size_t)skip;
	}
	if (state->is_end) {
		size_t left = bytes.size - at;
		size_t part = left < state->end_left ? left : state->end_left;

		at += part;
		state->end_left = (uint16_t)(state->end_left - part);
	}
	*ret_consumed = at;
	*ret_skip = skip;
	*ret_payload = payload;
	return state->is_end && !state->end_left ? PARSE_DONE : PARSE_NEED_MORE;
}

/* END_REQUEST of a response, or the empty STDIN of a request, both without padding. */
bool fastcgi_body_ends(struct view tail)
{
	struct fastcgi_record record;
	struct view end;

	if (tail.size >= END_BYTES) {
		end = view_skip(tail, tail.size - END_BYTES);
		if (fastcgi_record_read(end, &record) == PARSE_DONE &&
		    record.type == FASTCGI_END_REQUEST && record.size == END_BYTES && record.id &&
		    end.bytes[7] == 0)
			return true;
	}
	if (tail.size < FASTCGI_HEADER_BYTES)
		return false;
	end = view_skip(tail, tail.size - FASTCGI_HEADER_BYTES);
	return fastcgi_record_read(end, &record) == PARSE_DONE && record.type == FASTCGI_STDIN &&
	       record.size == FASTCGI_HEADER_BYTES && record.id && end.bytes[7] == 0;
}
