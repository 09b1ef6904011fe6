/*
 * Makes the tables of markers. A marker that two languages share is kept once; an opening likewise.
 */
#include "capture/output_markers.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>

#define WORD_BYTES 4

/* How often a byte is seen in ordinary output, roughly per thousand; letters as in English, and
 * logs are full of digits and separators. */
static uint64_t frequency_of(char byte)
{
	static const uint8_t lower[] = {65, 12, 25, 35, 105, 18, 16, 45, 60, 1,  6, 35, 22,
					58, 65, 17, 1,  52,  55, 75, 24, 8,  18, 1, 16, 1};

	if (byte == ' ')
		return 180;
	if (byte >= 'a' && byte <= 'z')
		return lower[byte - 'a'];
	if (byte >= 'A' && byte <= 'Z')
		return 5;
	if (byte >= '0' && byte <= '9')
		return 25;
	return byte == '\n' || byte == '.' || byte == ':' || byte == '-' || byte == '=' ? 15 : 4;
}

static uint64_t commonness(const char *word)
{
	uint64_t product = 1;

	for (int i = 0; i < WORD_BYTES; i++)
		product *= frequency_of(word[i]);
	return product;
}

/* Offset of the rarest word among those that begin at `place` modulo four. */
static size_t choose_word(const char *marker, size_t size, size_t place)
{
	size_t best = place;

	for (size_t i = place; i + WORD_BYTES <= size; i += WORD_BYTES)
		if (commonness(marker + i) < commonness(marker + best))
			best = i;
	return best;
}

static int add_word(struct output_tables *tables, const char *marker, size_t size, size_t offset)
{
	uint32_t word, bit;

	memcpy(&word, marker + offset, sizeof(word));
	bit = (uint32_t)OUTPUT_BIT_OF(word);
	for (uint32_t i = 0; i < MAX_WORD_PROBES; i++) {
		struct output_word *entry =
			&tables->words[(OUTPUT_SLOT_OF(word) + i) % OUTPUT_WORD_SLOTS];

		if (entry->marker)
			continue;
		entry->word = word;
		entry->marker = (uint8_t)(tables->markers_count + 1);
		entry->offset = (uint8_t)offset;
		entry->size = (uint8_t)size;
		for (size_t k = 0; k < WORD_BYTES && offset + WORD_BYTES + k < size; k++) {
			uint8_t byte = (uint8_t)marker[offset + WORD_BYTES + k];

			entry->next |= (uint32_t)byte << 8 * k;
			entry->next_mask |= 0xffu << 8 * k;
		}
		tables->bits[bit / 8] |= (uint8_t)(1 << bit % 8);
		return 0;
	}
	return -ENOSPC;
}

static int add_marker(struct output_tables *tables, const char *marker)
{
	struct output_marker added = {0};
	size_t size = strlen(marker);
	int err = 0;

	if (size < MIN_MARKER_BYTES || size > MAX_MARKER_BYTES)
		return -EINVAL;
	memcpy(added.bytes, marker, size);
	for (uint32_t i = 0; i < tables->markers_count; i++)
		if (!memcmp(&tables->markers[i], &added, sizeof(added)))
			return 0;
	if (tables->markers_count == MAX_OUTPUT_MARKERS)
		return -ENOSPC;
	tables->markers[tables->markers_count] = added;
	for (size_t place = 0; place < WORD_BYTES && err == 0; place++)
		err = add_word(tables, marker, size, choose_word(marker, size, place));
	tables->markers_count++;
	return err;
}

static int add_opening(struct output_tables *tables, const char *opening)
{
	struct output_opening added = {0};
	size_t size = strlen(opening);
	uint32_t bit;

	if (size < MIN_OPENING_BYTES || size > MAX_OPENING_BYTES)
		return -EINVAL;
	memcpy(&added.bytes, opening, size);
	memset(&added.mask, 0xff, size);
	for (uint32_t i = 0; i < tables->openings_count; i++)
		if (!memcmp(&tables->openings[i], &added, sizeof(added)))
			return 0;
	if (tables->openings_count == MAX_OUTPUT_OPENINGS)
		return -ENOSPC;
	bit = (uint32_t)OUTPUT_OPENING_BIT(added.bytes);
	tables->opening_bits[bit / 8] |= (uint8_t)(1 << bit % 8);
	tables->openings[tables->openings_count++] = added;
	return 0;
}

/* texts: NULL-ended, or NULL. */
static int add_all(struct output_tables *tables, const char *const *texts,
		   int (*add)(struct output_tables *tables, const char *text))
{
	int err = 0;

	for (; texts && *texts && err == 0; texts++)
		err = add(tables, *texts);
	return err;
}

int output_markers_build(struct output_tables *ret,
			 const struct traceback_language *const *languages)
{
	struct output_tables tables = {0};
	int err = 0;

	for (; *languages && err == 0; languages++) {
		err = add_all(&tables, (*languages)->markers, add_marker);
		if (err == 0)
			err = add_all(&tables, (*languages)->openings, add_opening);
	}
	if (err == 0)
		*ret = tables;
	return err;
}
