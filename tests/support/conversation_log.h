/*
 * Reads a made-up conversation through a protocol alone, without the engine; logged_exchanges.h
 * says what comes out. For pure tests and fuzzing of conversations.
 */
#ifndef SUPPORT_CONVERSATION_LOG_H
#define SUPPORT_CONVERSATION_LOG_H

#include "exchange_words.h"

static inline void conversation_log_init(struct conversation_log *log,
					 const struct protocol *protocol, bool is_server)
{
	memset(log, 0, offsetof(struct conversation_log, text));
	log->text[0] = '\0';
	log->words = &words_by_ordinal;
	log->protocol = protocol;
	log->is_server = is_server;
	log->max_open = LOG_MAX_OPEN;
	log->budget.max_bytes = 1 << 20;
	log->sink = (struct exchange_sink){.self = log,
					   .open = log_open,
					   .open_asked = log_open_asked,
					   .state = log_state,
					   .add = log_add,
					   .answer = log_answer,
					   .end = log_end,
					   .become = log_become};
	assert(protocol->conversation->session_size <= MAX_SESSION_BYTES);
}

static inline void conversation_log_begin(struct conversation_log *log, bool is_from_start)
{
	const struct session_start start = {is_from_start,
					    {log->names, log->protocol, log->connection.tgid}};
	int result = 0;

	if (log->protocol->conversation->begin)
		result = log->protocol->conversation->begin(log->session, &log->budget, &start);
	assert(result == 0);
	(void)result;
}

/* One unit from an exact copy, so that a read beyond its end is an error of ASan. */
static inline enum parse_result log_read_unit(struct conversation_log *log, enum message_kind side,
					      bool is_final, size_t *ret_consumed,
					      uint64_t *ret_skip)
{
	size_t size = log->pending[side].used;
	char *copy = malloc(size ? size : 1);
	struct unit unit = {.side = side, .is_final = is_final};
	enum parse_result result;

	memcpy(copy, log->bytes[side], size);
	unit.bytes = view_of(copy, size);
	result = log->protocol->conversation->read(log->session, &unit, &log->sink);
	free(copy);
	*ret_consumed = unit.consumed;
	*ret_skip = unit.skip;
	assert(result != PARSE_DONE || (unit.consumed > 0 && unit.consumed <= size));
	return result;
}

static inline void log_drop(struct conversation_log *log, enum message_kind side, size_t size)
{
	log->pending[side].used -= size;
	memmove(log->bytes[side], log->bytes[side] + size, log->pending[side].used);
}

/* Bytes that belong to a unit that was read. */
static inline size_t log_skip(struct conversation_log *log, enum message_kind side, size_t size)
{
	uint64_t skip = log->pending[side].skip;
	size_t passed = size < skip ? size : (size_t)skip;

	log->pending[side].skip -= passed;
	return passed;
}

static inline void log_invalid(struct conversation_log *log, enum message_kind side)
{
	log_line(log, "invalid\n");
	log->is_invalid = log->has_lost_place[side] = true;
	log->has_lost_place[!side] |= log->words->stops;
}

static inline void log_read_units(struct conversation_log *log, enum message_kind side)
{
	while (log->pending[side].used && !log->has_lost_place[side]) {
		size_t consumed;
		uint64_t skip;
		enum parse_result result = log_read_unit(log, side, false, &consumed, &skip);

		if (result == PARSE_INVALID)
			log_invalid(log, side);
		if (result != PARSE_DONE)
			return;
		log_drop(log, side, consumed);
		log->pending[side].skip = skip;
		log_drop(log, side, log_skip(log, side, log->pending[side].used));
	}
}

static inline void conversation_log_feed(struct conversation_log *log, enum message_kind side,
					 struct view bytes)
{
	log->side = side;
	while (bytes.size && !log->has_lost_place[side]) {
		size_t passed = log_skip(log, side, bytes.size);

		bytes = view_skip(bytes, passed);
		passed = LOG_BUFFER_BYTES - log->pending[side].used;
		if (passed > bytes.size)
			passed = bytes.size;
		assert(passed || !bytes.size);
		memcpy(log->bytes[side] + log->pending[side].used, bytes.bytes, passed);
		log->pending[side].used += passed;
		bytes = view_skip(bytes, passed);
		log_read_units(log, side);
	}
}

/* What is there of a unit is all that will be seen of it. False: nothing is made of it. */
static inline bool conversation_log_cut(struct conversation_log *log, enum message_kind side)
{
	size_t consumed;
	uint64_t skip;
	enum parse_result result;

	log->side = side;
	if (!log->pending[side].used || log->has_lost_place[side])
		return false;
	result = log_read_unit(log, side, true, &consumed, &skip);
	assert(result != PARSE_NEED_MORE);
	if (result == PARSE_INVALID)
		log_invalid(log, side);
	return result == PARSE_DONE;
}

/* Bytes of the side are lost: what was half read is gone. */
static inline void conversation_log_lose(struct conversation_log *log, enum message_kind side)
{
	log->pending[side].used = 0;
	log->pending[side].skip = 0;
	log->has_lost_place[side] = false;
	log->protocol->conversation->lose(log->session, side);
}

static inline void conversation_log_done(struct conversation_log *log)
{
	for (unsigned int i = 0; i < LOG_MAX_OPEN; i++)
		if (log->open[i])
			log_free(log, i);
	if (log->protocol->conversation->end)
		log->protocol->conversation->end(log->session, &log->budget);
	assert(log->budget.used_bytes == 0);
}

struct log_turn {
	enum message_kind side;
	struct view bytes;
};

/* Each turn cut at `cut` (beyond its end: somewhere in it), then in pieces of `step` bytes. */
static inline void conversation_log_play(struct conversation_log *log, const struct log_turn *turns,
					 size_t count, size_t step, size_t cut)
{
	for (const struct log_turn *turn = turns; turn < turns + count; turn++) {
		size_t first = cut ? cut % (turn->bytes.size + 1) : 0;

		conversation_log_feed(log, turn->side, view_take(turn->bytes, first));
		for (size_t at = first; at < turn->bytes.size; at += step)
			conversation_log_feed(log, turn->side,
					      view_take(view_skip(turn->bytes, at), step));
	}
}

#endif
