/*
 * Fuzzing of a conversation without the engine: the input is a list of pieces, each with one byte
 * of what it is (its side, what is done before it) and two of how long it is; connections of odd
 * inputs are seen from their start. What was understood is the same byte by byte, memory is given
 * back, and offsets lie within the bytes.
 */
#ifndef SUPPORT_CONVERSATION_FUZZ_H
#define SUPPORT_CONVERSATION_FUZZ_H

#include "conversation_log.h"

#define LARGE_INPUT_BYTES 1024

enum {
	PIECE_IS_RESPONSE = 1,
	PIECE_AFTER_LOSS = 2,
	PIECE_RESUMES = 4,
	PIECE_AT_SERVER = 8, /* of the first one: whose connection it is */
	PIECE_AFTER_CUT = 16,
	PIECE_RESTARTS = 32,
};

static inline void play_losses(struct conversation_log *log, int what, enum message_kind side)
{
	const struct conversation *conversation = log->protocol->conversation;

	if (what & PIECE_AFTER_CUT)
		conversation_log_cut(log, side);
	if (what & (PIECE_AFTER_LOSS | PIECE_AFTER_CUT))
		conversation_log_lose(log, side);
	if (!(what & PIECE_RESTARTS) || !conversation->restart)
		return;
	conversation_log_lose(log, MESSAGE_REQUEST);
	conversation_log_lose(log, MESSAGE_RESPONSE);
	conversation->restart(log->session);
}

static inline void play_piece(struct conversation_log *log, int what, struct view bytes,
			      size_t step)
{
	enum message_kind side = what & PIECE_IS_RESPONSE ? MESSAGE_RESPONSE : MESSAGE_REQUEST;
	size_t offset = 0;

	play_losses(log, what, side);
	if ((what & PIECE_RESUMES) && bytes.size > 0) { /* nobody looks for a place in nothing */
		if (!log->protocol->conversation->resume(log->session, side, bytes, &offset))
			return;
		assert(offset < bytes.size);
		conversation_log_lose(log, side);
		bytes = view_skip(bytes, offset);
	}
	for (size_t at = 0; at < bytes.size; at += step)
		conversation_log_feed(log, side, view_take(view_skip(bytes, at), step));
}

static inline void play_pieces(struct conversation_log *log, struct view input, size_t step)
{
	log->max_open = 32;
	log->budget.max_bytes = 1 << 16;
	log->shows_attributes = true;
	conversation_log_begin(log, input.size & 1);
	while (input.size > 3) {
		int what = input.bytes[0];
		size_t size = (size_t)(uint8_t)input.bytes[1] << 8 | (uint8_t)input.bytes[2];

		input = view_skip(input, 3);
		play_piece(log, what, view_take(input, size), step);
		input = view_skip(input, size < input.size ? size : input.size);
		assert(log->budget.used_bytes <= log->budget.max_bytes);
		assert(!log->is_broken);
	}
}

/* What is claimed is claimed of no cut as something else. */
static inline void check_detection(const struct protocol *protocol, struct view bytes)
{
	enum detect_result whole = protocol->detect(bytes);

	for (size_t cut = 0; cut < bytes.size && cut < 128; cut++) {
		enum detect_result part = protocol->detect(view_take(bytes, cut));

		assert(part == whole || part == DETECT_NEED_MORE);
	}
}

/* names: of whole and of piecewise reading. is_exact: false where a value that is cut is believed,
 * and one that is there must end as it should: more bytes may prove wrong what fewer had proven. */
static inline void conversation_fuzz_with(const struct protocol *protocol, bool is_exact,
					  struct shared_names *const names[2], const uint8_t *bytes,
					  size_t size)
{
	static struct conversation_log logs[2];
	struct view input = view_of(bytes, size);

	if (size < 4 || size > 8192)
		return;
	if (is_exact)
		check_detection(protocol, view_skip(input, 3));
	else
		(void)protocol->detect(input);
	for (int i = 0; i < 2; i++) {
		conversation_log_init(&logs[i], protocol, bytes[0] & PIECE_AT_SERVER);
		logs[i].names = names[i];
		play_pieces(&logs[i], input, !i ? SIZE_MAX / 2 : size > LARGE_INPUT_BYTES ? 7 : 1);
	}
	if (is_exact || (!logs[0].is_invalid && !logs[1].is_invalid))
		assert(strcmp(logs[0].text, logs[1].text) == 0);
	conversation_log_done(&logs[0]);
	conversation_log_done(&logs[1]);
}

static inline void conversation_fuzz(const struct protocol *protocol, bool is_exact,
				     const uint8_t *bytes, size_t size)
{
	conversation_fuzz_with(protocol, is_exact, (struct shared_names *[2]){NULL, NULL}, bytes,
			       size);
}

#endif
