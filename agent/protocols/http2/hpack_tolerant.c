/*
 * One field after the other, by RFC 7541 section 6. The table keeps the newest entries only, and of
 * fields nobody wants nothing but their place. Its size on the wire need not be known: an entry
 * that was evicted is not named any more, nor is one older than a field too large for the table.
 */
#include "protocols/http2/hpack_tolerant.h"

#include "protocols/http2/hpack_huffman.h"
#include "protocols/http2/hpack_memory.h"
#include "protocols/http2/hpack_static.h"

#define MAX_ENTRIES           128
#define MAX_KEPT_BYTES        512 /* of one value; a longer one is not known later */
#define MAX_TABLE_VALUE_BYTES 8192
#define MAX_INTEGER           (1u << 24)

struct entry {
	char *value;
	uint16_t size;
	uint8_t field;
	bool is_known; /* the value */
};

struct hpack_table {
	uint32_t next; /* where the next entry goes */
	uint32_t count;
	size_t value_bytes;
	struct entry entries[MAX_ENTRIES];
};

struct reader {
	struct hpack_table *table;
	struct session_budget *budget;
	struct http2_head *head;
	struct view rest;
	bool is_cut; /* rest ended inside a field */
	char text[MAX_HTTP2_VALUE_BYTES];
};

/* A field as far as it is known. */
struct known_field {
	enum http2_field name;
	bool has_value;
	struct view value;
};

static void empty_entry(struct hpack_table *table, struct session_budget *budget,
			struct entry *entry)
{
	table->value_bytes -= entry->value ? entry->size : 0;
	hpack_memory_free(budget, entry->value);
	*entry = (struct entry){0};
}

struct hpack_table *hpack_tolerant_new_table(struct session_budget *budget)
{
	return hpack_memory_new(budget, sizeof(struct hpack_table));
}

void hpack_tolerant_forget(struct hpack_table *table, struct session_budget *budget)
{
	for (size_t i = 0; table && i < MAX_ENTRIES; i++)
		empty_entry(table, budget, &table->entries[i]);
	if (table)
		table->count = 0;
}

void hpack_tolerant_free_table(struct hpack_table *table, struct session_budget *budget)
{
	hpack_tolerant_forget(table, budget);
	hpack_memory_free(budget, table);
}

static void keep_value(struct reader *reader, struct entry *entry, struct view value)
{
	struct hpack_table *table = reader->table;

	entry->is_known = value.size == 0;
	if (value.size == 0 || value.size > MAX_KEPT_BYTES ||
	    value.size > MAX_TABLE_VALUE_BYTES - table->value_bytes)
		return;
	entry->value = hpack_memory_new(reader->budget, value.size);
	if (!entry->value)
		return;
	memcpy(entry->value, value.bytes, value.size);
	entry->size = (uint16_t)value.size;
	entry->is_known = true;
	table->value_bytes += value.size;
}

static void learn(struct reader *reader, const struct known_field *field)
{
	struct hpack_table *table = reader->table;
	struct entry *entry;

	if (!table)
		return;
	entry = &table->entries[table->next];
	empty_entry(table, reader->budget, entry);
	entry->field = (uint8_t)field->name;
	if (field->name > HTTP2_FIELD_UNKNOWN && field->has_value)
		keep_value(reader, entry, field->value);
	table->next = (table->next + 1) % MAX_ENTRIES;
	if (table->count < MAX_ENTRIES)
		table->count++;
}

static void look_up(const struct reader *reader, uint32_t index, struct known_field *ret)
{
	const struct hpack_table *table = reader->table;
	const struct entry *entry;

	*ret = (struct known_field){.name = HTTP2_FIELD_UNKNOWN};
	if (index <= HPACK_STATIC_COUNT) {
		ret->name = hpack_static_field(index);
		ret->value = hpack_static_value(index);
		ret->has_value = true;
		return;
	}
	index -= HPACK_STATIC_COUNT + 1;
	if (!table || index >= table->count)
		return;
	entry = &table->entries[(table->next + MAX_ENTRIES - 1 - index) % MAX_ENTRIES];
	ret->name = (enum http2_field)entry->field;
	ret->value = view_of(entry->value, entry->size);
	ret->has_value = entry->is_known;
}

/* RFC 7541 section 5.1. */
static bool read_integer(struct reader *reader, unsigned prefix_bits, uint32_t *ret)
{
	uint32_t mask = (1u << prefix_bits) - 1, value;

	reader->is_cut = true;
	if (reader->rest.size == 0)
		return false;
	value = (unsigned char)reader->rest.bytes[0] & mask;
	reader->rest = view_skip(reader->rest, 1);
	for (unsigned shift = 0; value >= mask; shift += 7) {
		unsigned char byte;

		if (reader->rest.size == 0)
			return false;
		byte = (unsigned char)reader->rest.bytes[0];
		reader->rest = view_skip(reader->rest, 1);
		if (shift > 21 || value > MAX_INTEGER) {
			reader->is_cut = false;
			return false;
		}
		value += (uint32_t)(byte & 0x7f) << shift;
		if (!(byte & 0x80))
			break;
	}
	*ret = value;
	return true;
}

/* RFC 7541 section 5.2; the view is into the block or into the reader's text. */
static bool read_string(struct reader *reader, struct view *ret)
{
	bool is_huffman = reader->rest.size && (reader->rest.bytes[0] & 0x80);
	uint32_t length;
	size_t size;

	if (!read_integer(reader, 7, &length))
		return false;
	reader->is_cut = length > reader->rest.size;
	if (reader->is_cut)
		return false;
	*ret = view_take(reader->rest, length);
	reader->rest = view_skip(reader->rest, length);
	if (!is_huffman)
		return true;
	if (!hpack_huffman_read(*ret, reader->text, sizeof(reader->text), &size))
		return false;
	*ret = view_of(reader->text, size);
	return true;
}

static void give(const struct reader *reader, const struct known_field *field)
{
	if (field->has_value)
		http2_head_take(reader->head, field->name, field->value);
	else if (field->name != HTTP2_FIELD_OTHER)
		reader->head->has_unknown = true;
}

/* Section 6.2: the name is an entry's or follows, the value follows. */
static bool read_literal(struct reader *reader, unsigned prefix_bits, bool is_learned)
{
	struct known_field field;
	struct view name;
	uint32_t index;

	if (!read_integer(reader, prefix_bits, &index))
		return false;
	if (index) {
		look_up(reader, index, &field);
	} else {
		if (!read_string(reader, &name))
			return false;
		field.name = name.size ? http2_head_find_field(name) : HTTP2_FIELD_OTHER;
	}
	if (!read_string(reader, &field.value))
		return false;
	field.has_value = true;
	give(reader, &field);
	if (is_learned)
		learn(reader, &field);
	return true;
}

static bool read_indexed(struct reader *reader)
{
	struct known_field field;
	uint32_t index;

	if (!read_integer(reader, 7, &index))
		return false;
	reader->is_cut = false;
	if (index == 0)
		return false;
	look_up(reader, index, &field);
	give(reader, &field);
	return true;
}

static bool read_field(struct reader *reader)
{
	unsigned char first = (unsigned char)reader->rest.bytes[0];
	uint32_t size;

	if (first & 0x80)
		return read_indexed(reader);
	if (first & 0x40)
		return read_literal(reader, 6, true);
	if (first & 0x20)
		return read_integer(reader, 5, &size); /* a new size of the table */
	return read_literal(reader, 4, false);
}

bool hpack_tolerant_read(struct hpack_table *table, struct session_budget *budget,
			 struct view block, struct http2_head *head)
{
	struct reader reader;

	reader.table = table;
	reader.budget = budget;
	reader.head = head;
	reader.rest = block;
	reader.is_cut = false;

	while (reader.rest.size) {
		if (!read_field(&reader)) {
			head->is_cut = reader.is_cut;
			return false;
		}
	}
	return true;
}
