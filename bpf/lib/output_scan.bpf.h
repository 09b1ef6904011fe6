/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/*
 * Does output look like a report of an exception? Looked at are the first bytes of a write, in
 * words: how is said in shared/output_tables.h. The walk over the words has no branches, so that it
 * costs the same for the verifier and the processor whatever is written; what may be a marker is
 * looked at again, in user memory, by a function of its own. Both are global functions, which the
 * verifier walks through once and not per call.
 */
#ifndef LIB_OUTPUT_SCAN_H
#define LIB_OUTPUT_SCAN_H

#include "lib/kernel_compat.bpf.h"
#include "shared/output_tables.h"

#define SCAN_WINDOW_BYTES 128
#define SCAN_WINDOW_WORDS (SCAN_WINDOW_BYTES / 4)
#define SCAN_GROUP_WORDS  8

enum scan_result { SCAN_NOTHING = 0, SCAN_FOUND = 1, SCAN_UNREADABLE = 2 };

/* Defined in probes/globals.bpf.c. */
extern const volatile struct output_tables output_tables;

/* A word of this marker is at `place`: is the rest of it there as well, and within the bounds? */
static __always_inline bool is_marker(__u64 from, __u32 size, __u32 place,
				      const volatile struct output_word *entry)
{
	__u64 text[MARKER_WORDS] = {};
	__u32 offset = entry->offset;
	__u64 length = entry->size;
	__u32 index = (entry->marker - 1) & (MAX_OUTPUT_MARKERS - 1);
	const volatile struct output_marker *marker = &output_tables.markers[index];

	if (offset > place || place - offset + length > size)
		return false;
	verifier_must_see(length);
	if (length > sizeof(text))
		return false;
	if (bpf_probe_read_user(text, length, (const void *)(from + place - offset)))
		return false;
	return !((text[0] ^ marker->bytes[0]) | (text[1] ^ marker->bytes[1]) |
		 (text[2] ^ marker->bytes[2]) | (text[3] ^ marker->bytes[3]));
}

/* A word at `place` that may be one of a marker, and the one behind it. */
static __always_inline bool is_marker_word(__u64 from, __u32 size, __u32 place, const __u32 *words)
{
	__u32 word = words[0], next = words[1];
	__u64 slot = OUTPUT_SLOT_OF(word);

	for (__u32 probe = 0; probe < MAX_WORD_PROBES; probe++, slot++) {
		const volatile struct output_word *entry;

		verifier_must_see(slot);
		slot &= OUTPUT_WORD_SLOTS - 1;
		entry = &output_tables.words[slot];
		if (!entry->marker)
			return false;
		if (entry->word == word && !((entry->next ^ next) & entry->next_mask) &&
		    is_marker(from, size, place, entry))
			return true;
	}
	return false;
}

/* Some of the words at `place` may be of markers. Returns an enum scan_result. */
__noinline int output_scan_group(__u64 from, __u32 size, __u32 place)
{
	__u32 words[SCAN_GROUP_WORDS + 1] = {};
	__u64 left = size - place;

	if (place >= size)
		return SCAN_NOTHING;
	if (left > sizeof(words))
		left = sizeof(words);
	verifier_must_see(left);
	if (left > sizeof(words) || bpf_probe_read_user(words, left, (const void *)(from + place)))
		return SCAN_NOTHING;
	for (__u32 i = 0; i < SCAN_GROUP_WORDS; i++)
		if (is_marker_word(from, size, place + 4 * i, words + i))
			return SCAN_FOUND;
	return SCAN_NOTHING;
}

/* first: the first eight bytes of a write, zeros behind its end. */
static __always_inline bool is_opening(__u64 first)
{
	__u64 bit = OUTPUT_OPENING_BIT(first);

	if (!(output_tables.opening_bits[bit >> 3] >> (bit & 7) & 1))
		return false;
	for (__u32 i = 0; i < MAX_OUTPUT_OPENINGS; i++) {
		const volatile struct output_opening *opening = &output_tables.openings[i];

		if (i >= output_tables.openings_count)
			break;
		if ((first & opening->mask) == opening->bytes)
			return true;
	}
	return false;
}

/* Of eight words: bit 0 of the result says whether one may be of a marker. */
static __always_inline __u64 look_at_group(const __u32 *words)
{
	__u64 any = 0;

#ifdef __clang__
#pragma unroll
#endif
	for (__u32 i = 0; i < SCAN_GROUP_WORDS; i++) {
		__u64 hash = OUTPUT_HASH(words[i]);

		any |= (__u64)output_tables.bits[hash >> 52] >> (hash >> 49 & 7);
	}
	return any;
}

/* Returns an enum scan_result. is_start: the write begins with these bytes. */
__noinline int output_scan(__u64 from, __u64 size, __u32 is_start)
{
	union {
		__u64 first;
		__u32 words[SCAN_WINDOW_WORDS];
	} window = {};

	if (size > OUTPUT_SCAN_BYTES)
		size = OUTPUT_SCAN_BYTES;
	for (__u64 at = 0; at < OUTPUT_SCAN_BYTES; at += SCAN_WINDOW_BYTES) {
		__u64 left = size - at;

		if (at >= size)
			break;
		if (left > SCAN_WINDOW_BYTES)
			left = SCAN_WINDOW_BYTES;
		verifier_must_see(left);
		if (left > SCAN_WINDOW_BYTES)
			break;
		if (bpf_probe_read_user(&window, left, (const void *)(from + at)))
			return SCAN_UNREADABLE;
		if (!at && is_start && is_opening(window.first))
			return SCAN_FOUND;
#ifdef __clang__
#pragma unroll
#endif
		for (__u32 i = 0; i < SCAN_WINDOW_WORDS; i += SCAN_GROUP_WORDS)
			if ((look_at_group(window.words + i) & 1) &&
			    output_scan_group(from, size, at + 4 * i) == SCAN_FOUND)
				return SCAN_FOUND;
	}
	return SCAN_NOTHING;
}

#endif
