/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/*
 * Streams of output: a marker starts one for its thread, and while it lasts everything the thread
 * writes goes up, in chunks. A chunk lies in one buffer of the call. What is lost is counted, and
 * the next chunk of the stream says that something is missing.
 */
#ifndef LIB_OUTPUT_STREAM_H
#define LIB_OUTPUT_STREAM_H

#include "lib/emit_exception.bpf.h"
#include "lib/execution_context.bpf.h"
#include "lib/output_budget.bpf.h"
#include "lib/user_buffer.bpf.h"
#include "maps/output_streams.bpf.h"

/* Rooms of a record: most writes of a report are short, and the ring is shared. */
#define OUTPUT_ROOM_SMALL  (256 - sizeof(struct output_record))
#define OUTPUT_ROOM_MEDIUM (1024 - sizeof(struct output_record))

/* A call that writes, in full. */
struct output_call {
	struct user_buffer buffer;
	__u64 pid_tgid;
	__u64 now_ns;
	__u64 context;
	__u32 size; /* as in output_record */
	__u16 descriptor;
	__u8 flags; /* enum output_flags of all its chunks */
	__u8 context_kind;
};

/* The next chunk of it. */
struct output_piece {
	__u64 from;
	__u64 left;   /* in its buffer */
	__u64 size;   /* of the chunk */
	__u32 offset; /* in the write */
	__u32 drop;   /* 0: it went up; else the enum drop_reason */
};

static __always_inline bool output_stream_is_active(const struct output_stream *stream,
						    __u64 now_ns)
{
	return stream && stream->bytes_left && now_ns < stream->expires_ns;
}

static __always_inline void output_stream_begin(struct output_stream *stream, __u64 now_ns)
{
	stream->expires_ns = now_ns + OUTPUT_STREAM_NS;
	stream->serial = (__u32)now_ns;
	stream->bytes_left = OUTPUT_STREAM_BYTES;
	stream->flags = OUTPUT_IS_FIRST;
	stream->reserved = 0;
}

/* A marker was seen: what is under way is renewed. NULL: no room, counted. A function, so that the
 * stack of its caller is small: 512 bytes must do for all that call each other. */
static __noinline __attribute__((unused)) struct output_stream *output_stream_mark(
	struct output_stream *stream, __u64 key, __u64 now_ns)
{
	struct output_stream new_stream;

	if (output_stream_is_active(stream, now_ns)) {
		stream->expires_ns = now_ns + OUTPUT_STREAM_NS;
		stream->bytes_left = OUTPUT_STREAM_BYTES;
		return stream;
	}
	output_stream_begin(&new_stream, now_ns);
	bpf_map_update_elem(&output_streams, &key, &new_stream, BPF_ANY);
	stream = bpf_map_lookup_elem(&output_streams, &key);
	if (!stream)
		drops_count(DROP_OUTPUT_STREAMS_FULL);
	return stream;
}

/* All but the bytes, as of a write's first chunk; what the stream had to say is said. */
static __always_inline void fill_output(struct output_record *record,
					const struct output_call *call,
					struct output_stream *stream, __u64 size)
{
	emit_fill_header(&record->header, RECORD_OUTPUT, sizeof(*record) + size, call->now_ns);
	record->context = call->context;
	record->tgid = call->pid_tgid >> 32;
	record->tid = (__u32)call->pid_tgid;
	record->serial = stream->serial;
	record->size = call->size;
	record->offset = 0;
	record->captured = size;
	record->descriptor = call->descriptor;
	record->flags = stream->flags | call->flags;
	record->context_kind = call->context_kind;
	record->reserved = 0;
	stream->flags = 0;
}

/* Returns 0, or the enum drop_reason. */
static __always_inline __u32 send_record(const struct output_call *call,
					 struct output_stream *stream,
					 const struct output_piece *piece, const __u32 room)
{
	__u64 size = piece->size;
	struct output_record *record =
		bpf_ringbuf_reserve(&exception_records, sizeof(*record) + room, 0);

	if (!record)
		return DROP_EXCEPTION_RING_FULL;
	verifier_must_see(size);
	if (size > room || bpf_probe_read_user(record->bytes, size, (const void *)piece->from)) {
		bpf_ringbuf_discard(record, BPF_RB_NO_WAKEUP);
		return DROP_OUTPUT_UNREADABLE;
	}
	fill_output(record, call, stream, size);
	record->offset = piece->offset;
	if (stream->bytes_left <= size ||
	    ((call->flags & OUTPUT_IS_FASTCGI) && piece->offset + size >= call->size))
		record->flags |= OUTPUT_IS_LAST;
	emit_exception_submit(record);
	return 0;
}

/* The verifier forgets what it was twice: each of its steps has many ways, which would multiply. */
static __always_inline void send_piece(const struct output_call *call, struct output_stream *stream,
				       struct output_piece *piece)
{
	piece->drop = output_budget_take(call->pid_tgid >> 32, call->now_ns, piece->size)
			      ? 0
			      : DROP_OUTPUT_RATE;
	verifier_forget(piece);
	if (piece->drop)
		;
	else if (piece->size <= OUTPUT_ROOM_SMALL)
		piece->drop = send_record(call, stream, piece, OUTPUT_ROOM_SMALL);
	else if (piece->size <= OUTPUT_ROOM_MEDIUM)
		piece->drop = send_record(call, stream, piece, OUTPUT_ROOM_MEDIUM);
	else
		piece->drop = send_record(call, stream, piece, OUTPUT_CHUNK_BYTES);
	verifier_forget(piece);
	if (!piece->drop)
		return;
	drops_count(piece->drop);
	stream->flags |= OUTPUT_IS_MISSING;
}

/* The first buffer becomes the piece at hand. At constant places, as 5.10 reads its stack. */
static __always_inline void take_buffer(struct output_call *call, struct output_piece *piece)
{
	struct user_buffer *buffer = &call->buffer;

	piece->from = (__u64)buffer->vectors[0].iov_base;
	piece->left = buffer->vectors[0].iov_len;
#ifdef __clang__
#pragma unroll
#endif
	for (__u32 i = 1; i < USER_BUFFER_VECTORS; i++)
		buffer->vectors[i - 1] = buffer->vectors[i];
	buffer->count--;
}

/*
 * Chunk by chunk, buffer by buffer, in one loop: as one in another it is six times as much to
 * verify, and near the limit. Uses up the buffers. Not by those who only begin a stream.
 */
static __noinline __attribute__((unused)) long output_stream_send(struct output_call *call,
								  struct output_stream *stream)
{
	struct output_piece piece = {};

	for (__u32 i = 0; i < MAX_OUTPUT_WRITE_BYTES / OUTPUT_CHUNK_BYTES + USER_BUFFER_VECTORS;
	     i++) {
		verifier_forget(&piece);
		verifier_forget(&call->buffer);
		if (!piece.left) {
			if (!call->buffer.count)
				break;
			take_buffer(call, &piece);
		}
		if (piece.offset >= call->size || !stream->bytes_left)
			break;
		if (!piece.left)
			continue;
		piece.size = lesser_of(lesser_of(piece.left, OUTPUT_CHUNK_BYTES),
				       lesser_of(call->size - piece.offset, stream->bytes_left));
		send_piece(call, stream, &piece);
		stream->bytes_left -= lesser_of(piece.size, stream->bytes_left);
		piece.from += piece.size;
		piece.offset += piece.size;
		piece.left -= piece.size;
	}
	if (call->buffer.is_cut) {
		drops_count(DROP_IOVEC_TAIL);
		stream->flags |= OUTPUT_IS_MISSING;
	}
	return 0;
}

#endif
