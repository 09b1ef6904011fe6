/*
 * Records as the kernel side makes them, from a script of a conversation: who says what, in which
 * pieces, under which mode. Positions, turns, sequence numbers and times follow by themselves; what
 * is wrong on purpose is changed in the record before it is taken.
 */
#ifndef SUPPORT_RECORD_BUILDER_H
#define SUPPORT_RECORD_BUILDER_H

#include <linux/types.h>
#include <stdlib.h>
#include "base/view.h"
#include "shared/limits.h"
#include "shared/record.h"

#define BUILDER_STEP_NS  1000 /* between two records */
#define BUILDER_CAP      4096
#define BUILDER_START_NS 1000000000ull

/* One connection of one process, as the programs see it. */
struct record_builder {
	void (*take)(void *self, struct view record); /* who gets the records */
	void *self;
	uint64_t connection;
	uint64_t now_ns;
	uint64_t context; /* 0: tgid << 32 | tid */
	uint32_t tgid, tid;
	uint32_t first_sequence[2];
	bool has_sequence;
	bool is_dropping; /* records are lost in the ring, the counts go on */
	enum capture_mode mode;
	uint64_t position[2], last_ns[2];
	int last_direction; /* -1: none yet */
};

static inline void record_builder_init(struct record_builder *b,
				       void (*take)(void *self, struct view record), void *self)
{
	*b = (struct record_builder){
		.take = take,
		.self = self,
		.connection = 1,
		.now_ns = BUILDER_START_NS,
		.tgid = 100,
		.tid = 100,
		.first_sequence = {5000, 9000},
		.has_sequence = true,
		.mode = CAPTURE_HEADS,
		.last_direction = -1,
	};
}

static inline void record_builder_give(struct record_builder *b, const void *record, size_t size)
{
	/* Exactly, for ASan; aligned, as the ring has it. */
	char *copy = malloc(size);

	memcpy(copy, record, size);
	if (!b->is_dropping)
		b->take(b->self, view_of(copy, size));
	free(copy);
}

static inline struct record_header record_builder_header(struct record_builder *b,
							 enum record_kind kind, size_t size)
{
	b->now_ns += BUILDER_STEP_NS;
	return (struct record_header){.kind = kind, .size = (uint32_t)size, .time_ns = b->now_ns};
}

/* 10.0.0.1:50000 → 10.0.0.2:80 as the client sees it. */
static inline struct connection_open_record record_builder_open_record(struct record_builder *b,
								       enum connection_role role)
{
	struct connection_open_record open = {
		.connection = b->connection,
		.socket = b->connection << 8,
		.tgid = b->tgid,
		.netns = 1,
		.family = FAMILY_IPV4,
		.role = role,
		.flags = CONNECTION_FROM_START,
	};
	bool is_server = role == ROLE_SERVER;

	memcpy(open.local_address, (uint8_t[]){10, 0, 0, is_server ? 2 : 1}, 4);
	memcpy(open.peer_address, (uint8_t[]){10, 0, 0, is_server ? 1 : 2}, 4);
	open.local_port = is_server ? 80 : 50000;
	open.peer_port = is_server ? 50000 : 80;
	open.header = record_builder_header(b, RECORD_CONNECTION_OPEN, sizeof(open));
	return open;
}

static inline void record_builder_open(struct record_builder *b, enum connection_role role)
{
	struct connection_open_record open = record_builder_open_record(b, role);

	record_builder_give(b, &open, sizeof(open));
}

/* `length` bytes move, of which `captured` go up: the first ones, or the last with
 * SEGMENT_IS_TAIL in flags. */
static inline void record_builder_segment(struct record_builder *b, enum stream_direction direction,
					  const char *bytes, uint32_t length, uint32_t captured,
					  uint8_t flags)
{
	size_t size = sizeof(struct segment_record) + captured;
	struct segment_record *segment = calloc(1, size);

	segment->header = record_builder_header(b, RECORD_SEGMENT, size);
	segment->connection = b->connection;
	segment->context = b->context ? b->context : (uint64_t)b->tgid << 32 | b->tid;
	segment->start_ns = b->now_ns - 100;
	segment->position = b->position[direction];
	segment->other_position = b->position[!direction];
	segment->other_last_ns = b->last_ns[!direction];
	segment->tgid = b->tgid;
	segment->tid = b->tid;
	segment->length = length;
	segment->captured = captured;
	segment->tcp_sequence = b->first_sequence[direction] + (uint32_t)b->position[direction];
	segment->direction = direction;
	segment->mode = b->mode;
	segment->flags = flags | (b->has_sequence ? SEGMENT_HAS_SEQUENCE : 0);
	if (b->last_direction != (int)direction)
		segment->flags |= SEGMENT_IS_TURN;
	if (captured)
		memcpy(segment->bytes, bytes, captured);
	b->last_direction = direction;
	b->position[direction] += length;
	b->last_ns[direction] =
		length > MAX_HANDOVER_BYTES ? segment->header.time_ns : segment->start_ns;
	record_builder_give(b, segment, size);
	free(segment);
}

/* The whole text in one segment, captured up to the cap. */
static inline void record_builder_say(struct record_builder *b, enum stream_direction direction,
				      const char *text)
{
	uint32_t length = (uint32_t)strlen(text);

	record_builder_segment(b, direction, text, length,
			       length < BUILDER_CAP ? length : BUILDER_CAP, 0);
}

/* Moves without a record: counted in the kernel only. */
static inline void record_builder_unseen(struct record_builder *b, enum stream_direction direction,
					 uint32_t length)
{
	bool was_dropping = b->is_dropping;

	b->is_dropping = true;
	record_builder_segment(b, direction, NULL, length, 0, 0);
	b->is_dropping = was_dropping;
}

/* A segment that went unseen but for its last bytes. */
static inline void record_builder_tail(struct record_builder *b, enum stream_direction direction,
				       uint32_t length, const char *tail)
{
	record_builder_segment(b, direction, tail, length, (uint32_t)strlen(tail), SEGMENT_IS_TAIL);
}

static inline void record_builder_end_as(struct record_builder *b, enum record_kind kind,
					 enum connection_end_reason reason)
{
	struct connection_end_record end = {
		.header = record_builder_header(b, kind, sizeof(end)),
		.connection = b->connection,
		.socket = b->connection << 8,
		.reason = reason,
		.tgid = b->tgid,
	};

	memcpy(end.position, b->position, sizeof(end.position));
	memcpy(end.last_ns, b->last_ns, sizeof(end.last_ns));
	record_builder_give(b, &end, sizeof(end));
}

static inline void record_builder_end(struct record_builder *b, enum connection_end_reason reason)
{
	record_builder_end_as(b, RECORD_CONNECTION_END, reason);
}

static inline void record_builder_progress(struct record_builder *b)
{
	record_builder_end_as(b, RECORD_CONNECTION_PROGRESS, END_NOT_YET);
}

static inline void record_builder_exit(struct record_builder *b)
{
	struct process_exit_record gone = {
		.header = record_builder_header(b, RECORD_PROCESS_EXIT, sizeof(gone)),
		.tgid = b->tgid,
	};

	record_builder_give(b, &gone, sizeof(gone));
}

#endif
