/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/*
 * What the programs look for in output, as tables: the agent makes them of its languages' markers
 * before load (agent/capture/output_markers.h) and writes them into the read-only section.
 *
 * A write is walked in words of four bytes. A marker of seven bytes or more covers at least one
 * such word whole, wherever it begins: which one is told by its place modulo four. So a marker is
 * four words, with the offset of each in the marker. A bit of the word's hash says that it may be
 * one of them; only then the word is looked up, and the marker itself compared.
 */
#ifndef SHARED_OUTPUT_TABLES_H
#define SHARED_OUTPUT_TABLES_H

#include "shared/limits.h"

#define OUTPUT_BIT_COUNT    32768 /* of words; a power of two */
#define OUTPUT_OPENING_BITS 4096  /* of the first three bytes of openings; a power of two */
#define MAX_OUTPUT_MARKERS  128   /* a power of two */
#define MAX_OUTPUT_OPENINGS 32
#define OUTPUT_WORD_SLOTS   2048 /* a power of two */
#define MAX_WORD_PROBES     16   /* slots looked at for one word */
#define MARKER_WORDS        4    /* of 8 bytes: longest marker */

/* The upper bits are the good ones. */
#define OUTPUT_HASH(word)         ((__u64)(word)*0x1e3779b100000000ull)
#define OUTPUT_BIT_OF(word)       (OUTPUT_HASH(word) >> 49)             /* of OUTPUT_BIT_COUNT */
#define OUTPUT_SLOT_OF(word)      (OUTPUT_HASH(word) >> 53)             /* of OUTPUT_WORD_SLOTS */
#define OUTPUT_OPENING_BIT(first) (OUTPUT_HASH((first)&0xffffff) >> 52) /* first: of 8 bytes */

/* Bytes as they lie in memory, the rest zero. */
struct output_marker {
	__u64 bytes[MARKER_WORDS];
};

/* The same; mask: where there are bytes. */
struct output_opening {
	__u64 bytes;
	__u64 mask;
};

/* Open addressing: the word's slot and those behind it, up to an empty one (marker 0). A word of
 * several markers has several slots. */
struct output_word {
	__u32 word;
	__u8 marker; /* index + 1 */
	__u8 offset; /* of the word in it */
	__u8 size;   /* of the marker */
	__u8 reserved;
	/* What follows the word in the marker, as far as a word goes: tells indented text from
	 * markers that begin with blanks without a look at the rest. */
	__u32 next;
	__u32 next_mask;
};

struct output_tables {
	__u8 bits[OUTPUT_BIT_COUNT / 8];
	__u8 opening_bits[OUTPUT_OPENING_BITS / 8];
	struct output_word words[OUTPUT_WORD_SLOTS];
	struct output_marker markers[MAX_OUTPUT_MARKERS];
	struct output_opening openings[MAX_OUTPUT_OPENINGS];
	__u32 markers_count;
	__u32 openings_count;
};

#endif
