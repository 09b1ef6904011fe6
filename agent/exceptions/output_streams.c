/* A map of readers by thread; a lost chunk is a gap in its reader. */
#include "exceptions/output_streams.h"

#include <errno.h>
#include <stdlib.h>
#include "base/cleanup.h"
#include "base/clock.h"
#include "base/hash_map.h"
#include "exceptions/output_tail.h"
#include "tracebacks/fastcgi_stderr.h"
#include "tracebacks/traceback_reader.h"

#define KEEP_NS        (3 * NS_PER_S) /* the kernel follows a thread for two */
#define READER_ID_BITS 24             /* of an id: the reader's own */
#define READER_ID_MASK ((1u << READER_ID_BITS) - 1)

struct stream_key {
	uint32_t tgid;
	uint32_t tid;
};

struct stream {
	struct output_streams *streams; /* a reader's sink has one pointer */
	struct traceback_reader *reader;
	struct output_place place; /* of the chunk that is fed */
	uint64_t number;
	uint64_t last_ns;
	struct fastcgi_stderr fastcgi; /* of the write that is fed */
	uint32_t serial;               /* the kernel's */
	uint32_t next_offset;          /* in the write, 0: a new one is expected */
};

struct output_streams {
	struct hash_map *streams; /* stream_key -> struct stream, the one silent longest first */
	struct output_streams_sink sink;
	struct drops *drops;
	uint64_t next_number;
};

int output_streams_new(struct output_streams **ret, size_t max_streams,
		       const struct output_streams_sink *sink, struct drops *drops)
{
	_cleanup_(output_streams_free) struct output_streams *streams = calloc(1, sizeof(*streams));
	int err;

	if (!streams)
		return -ENOMEM;
	streams->sink = *sink;
	streams->drops = drops;
	streams->next_number = 1;
	err = hash_map_new(&streams->streams, sizeof(struct stream_key), sizeof(struct stream),
			   max_streams);
	if (err < 0)
		return err;
	*ret = TAKE_PTR(streams);
	return 0;
}

static void drop_stream(struct output_streams *streams, struct stream *stream)
{
	struct stream_key key = *(const struct stream_key *)hash_map_key(streams->streams, stream);

	traceback_reader_end(stream->reader);
	traceback_reader_free(&stream->reader);
	(void)hash_map_remove(streams->streams, &key);
}

void output_streams_free(struct output_streams **streams)
{
	if (!*streams)
		return;
	if ((*streams)->streams)
		output_streams_finish(*streams);
	hash_map_free(&(*streams)->streams);
	free(*streams);
	*streams = NULL;
}

static uint64_t id_of(const struct stream *stream, uint64_t reader_id)
{
	return stream->number << READER_ID_BITS | (reader_id & READER_ID_MASK);
}

static void on_begin(void *self, uint64_t id, uint64_t time_ns)
{
	struct stream *stream = self;
	struct output_place place = stream->place;

	place.time_ns = time_ns;
	stream->streams->sink.on_begin(stream->streams->sink.self, id_of(stream, id), &place);
}

static void on_report(void *self, uint64_t id, struct traceback **report)
{
	struct stream *stream = self;

	stream->streams->sink.on_report(stream->streams->sink.self, id_of(stream, id), report);
}

static void on_nothing(void *self, uint64_t id)
{
	struct stream *stream = self;

	stream->streams->sink.on_nothing(stream->streams->sink.self, id_of(stream, id));
}

static struct stream *add_stream(struct output_streams *streams, const struct stream_key *key)
{
	struct stream *stream = hash_map_add(streams->streams, key, NULL);
	struct traceback_reader_sink sink = {NULL, on_begin, on_report, on_nothing};

	if (!stream && hash_map_oldest(streams->streams)) {
		drop_stream(streams, hash_map_oldest(streams->streams));
		stream = hash_map_add(streams->streams, key, NULL);
	}
	if (!stream)
		return NULL;
	*stream = (struct stream){.streams = streams, .number = streams->next_number++};
	sink.self = stream;
	if (traceback_reader_new(&stream->reader, &sink) < 0) {
		(void)hash_map_remove(streams->streams, key);
		return NULL;
	}
	return stream;
}

/* The one this chunk goes on with; the kernel's new serial is a new stream. */
static struct stream *find_stream(struct output_streams *streams,
				  const struct output_record *output)
{
	struct stream_key key = {output->tgid, output->tid};
	struct stream *stream = hash_map_find(streams->streams, &key);

	if (stream && stream->serial != output->serial) {
		drop_stream(streams, stream);
		stream = NULL;
	}
	if (stream) {
		hash_map_touch(streams->streams, stream);
		return stream;
	}
	stream = add_stream(streams, &key);
	if (stream)
		stream->serial = output->serial;
	return stream;
}

/* A worker of php-fpm tells its master that a request is done by "\0fscf\0" on fd 2: no part of the
 * next line, which may come a minute later. */
static bool is_text(const struct event *event)
{
	return event->output->offset || event->bytes.size == 0 || event->bytes.bytes[0] != '\0';
}

/* Of a FastCGI worker's answer only what is meant for the log. */
static void feed_fastcgi(struct stream *stream, struct view bytes, bool is_write_end,
			 uint64_t time_ns)
{
	struct view piece, before = {0};

	while (fastcgi_stderr_next(&stream->fastcgi, &bytes, &piece)) {
		if (before.size)
			traceback_reader_feed(stream->reader, before, false, time_ns);
		before = piece;
	}
	if (before.size || is_write_end)
		traceback_reader_feed(stream->reader, before, is_write_end, time_ns);
}

/* What was written before the stream's first write, as if it had begun then. */
static void feed_tail(struct stream *stream, struct view bytes, uint64_t time_ns)
{
	struct view writes[MAX_TAIL_WRITES];
	size_t count = output_tail_split(bytes, writes);

	for (size_t i = 0; i < count; i++)
		if (writes[i].bytes[0] != '\0')
			traceback_reader_feed(stream->reader, writes[i], true, time_ns);
}

void output_streams_take(struct output_streams *streams, const struct event *event)
{
	const struct output_record *output = event->output;
	struct stream *stream;

	if (!is_text(event))
		return;
	stream = find_stream(streams, output);
	if (!stream) {
		drops_count(streams->drops, DROP_EXCEPTION_TABLE_FULL);
		return;
	}
	if ((output->flags & OUTPUT_IS_MISSING) || output->offset != stream->next_offset) {
		if (traceback_reader_is_busy(stream->reader))
			drops_count(streams->drops, DROP_OUTPUT_GAP);
		traceback_reader_gap(stream->reader);
	}
	stream->last_ns = event->time_ns;
	stream->place = (struct output_place){.tgid = output->tgid,
					      .tid = output->tid,
					      .context = output->context,
					      .time_ns = event->time_ns};
	stream->next_offset = output->offset + output->captured;
	if (stream->next_offset == output->size)
		stream->next_offset = 0;
	if (output->offset == 0)
		stream->fastcgi = (struct fastcgi_stderr){0};
	if (output->flags & OUTPUT_IS_TAIL)
		feed_tail(stream, event->bytes, event->time_ns);
	else if (output->flags & OUTPUT_IS_FASTCGI)
		feed_fastcgi(stream, event->bytes, stream->next_offset == 0, event->time_ns);
	else
		traceback_reader_feed(stream->reader, event->bytes, stream->next_offset == 0,
				      event->time_ns);
	if (output->flags & OUTPUT_IS_LAST)
		traceback_reader_gap(stream->reader);
}

void output_streams_process_gone(struct output_streams *streams, uint32_t tgid)
{
	struct stream *stream;
	void *cursor = NULL;

	while ((stream = hash_map_next(streams->streams, &cursor)))
		if (stream->place.tgid == tgid)
			drop_stream(streams, stream);
}

void output_streams_tick(struct output_streams *streams, uint64_t now_ns)
{
	struct stream *stream;
	void *cursor = NULL;

	while ((stream = hash_map_next(streams->streams, &cursor))) {
		if (traceback_reader_is_busy(stream->reader))
			traceback_reader_tick(stream->reader, now_ns);
		if (now_ns > stream->last_ns + KEEP_NS)
			drop_stream(streams, stream);
	}
}

void output_streams_finish(struct output_streams *streams)
{
	struct stream *stream;

	while ((stream = hash_map_oldest(streams->streams)))
		drop_stream(streams, stream);
}

bool output_streams_is_busy(const struct output_streams *streams)
{
	const struct stream *stream;
	void *cursor = NULL;

	while ((stream = hash_map_next(streams->streams, &cursor)))
		if (traceback_reader_is_busy(stream->reader))
			return true;
	return false;
}
