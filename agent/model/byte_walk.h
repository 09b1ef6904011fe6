/*
 * A walk over a struct that serves both directions, so that they cannot disagree: each step appends
 * the value to the buffer, or reads it from the bytes and puts it there. The first thing that does
 * not fit ends it: every later step reads nothing. Little-endian. Used by crash_codec.c
 * and crash_codec_exception.c.
 */
#ifndef MODEL_BYTE_WALK_H
#define MODEL_BYTE_WALK_H

#include "base/arena.h"
#include "base/byte_buffer.h"
#include "model/attribute.h"

struct byte_walk {
	struct byte_buffer *out; /* NULL: reading */
	struct view in;          /* reading: what is left */
	struct arena *arena;     /* reading: where strings and arrays go */
	const char *error;       /* static: the first thing wrong; NULL so far */
	bool is_out_of_memory;
};

void byte_walk_fail(struct byte_walk *walk, const char *error);

void byte_walk_bytes(struct byte_walk *walk, void *bytes, size_t size);
void byte_walk_u32(struct byte_walk *walk, uint32_t *value);
void byte_walk_u64(struct byte_walk *walk, uint64_t *value);
void byte_walk_int(struct byte_walk *walk, int *value);
void byte_walk_bool(struct byte_walk *walk, bool *value);

/* A small number from least to most, an enum's. Returns the one read, least when it was none. */
uint8_t byte_walk_word(struct byte_walk *walk, uint8_t value, uint8_t least, uint8_t most);

/* A string; a longer one is cut when written. The plain one takes 64 KiB. */
void byte_walk_view(struct byte_walk *walk, struct view *v);
void byte_walk_long_view(struct byte_walk *walk, struct view *v, size_t most);

/* A static string or NULL; what is read lives in the arena. */
void byte_walk_static(struct byte_walk *walk, const char **text);

void byte_walk_attributes(struct byte_walk *walk, struct attribute_list *list);

/* How many elements follow, each of at least file_bytes; what the rest of the file cannot hold is
 * refused before any memory is asked for. */
void byte_walk_count(struct byte_walk *walk, uint32_t *count, uint32_t most, size_t file_bytes);

/* Room for the elements when reading (NULL when there are none), the array itself when writing. */
void *byte_walk_array(struct byte_walk *walk, void *array, uint32_t count, size_t size);

/* An element passes as a copy, `element` in the last argument: what is written is shared with other
 * threads and never touched. */
#define BYTE_WALK_ELEMENT(walk, place, pass)                                                       \
	do {                                                                                       \
		__typeof__(place) element = (place);                                               \
		pass;                                                                              \
		if (!(walk)->out)                                                                  \
			(place) = element;                                                         \
	} while (0)

#endif
