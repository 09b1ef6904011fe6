/*
 * Numbers, identifiers and punycode of Rust's v0 mangling (RFC 2603), and the bounded output. Knows
 * nothing of paths and types: rust_v0.c does.
 */
#include "symbols/rust_reader.h"

#include <stdio.h>

#define MAX_IDENTIFIER_CHARACTERS 128

char rust_reader_peek(const struct rust_reader *reader)
{
	if (reader->is_failed || reader->position >= reader->input.size)
		return '\0';
	return reader->input.bytes[reader->position];
}

char rust_reader_next(struct rust_reader *reader)
{
	char next = rust_reader_peek(reader);

	if (next == '\0')
		reader->is_failed = true;
	else
		reader->position++;
	return next;
}

bool rust_reader_eat(struct rust_reader *reader, char wanted)
{
	if (rust_reader_peek(reader) != wanted)
		return false;
	reader->position++;
	return true;
}

static int digit_62(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'z')
		return 10 + (c - 'a');
	if (c >= 'A' && c <= 'Z')
		return 36 + (c - 'A');
	return -1;
}

uint64_t rust_reader_integer(struct rust_reader *reader)
{
	uint64_t value = 0;

	if (rust_reader_eat(reader, '_'))
		return 0;
	while (!rust_reader_eat(reader, '_')) {
		int digit = digit_62(rust_reader_next(reader));

		if (digit < 0 || value > (UINT64_MAX - 62) / 62) {
			reader->is_failed = true;
			return 0;
		}
		value = value * 62 + (uint64_t)digit;
	}
	return value + 1;
}

uint64_t rust_reader_optional_integer(struct rust_reader *reader, char tag)
{
	return rust_reader_eat(reader, tag) ? rust_reader_integer(reader) + 1 : 0;
}

struct view rust_reader_hex(struct rust_reader *reader)
{
	size_t start = reader->position;

	while (!rust_reader_eat(reader, '_')) {
		char c = rust_reader_next(reader);

		if (!((c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'))) {
			reader->is_failed = true;
			return (struct view){0};
		}
	}
	return view_of(reader->input.bytes + start, reader->position - 1 - start);
}

static size_t read_length(struct rust_reader *reader)
{
	size_t length = 0;
	char digit = rust_reader_next(reader);

	if (digit < '0' || digit > '9') {
		reader->is_failed = true;
		return 0;
	}
	length = (size_t)(digit - '0');
	while (length != 0 && rust_reader_peek(reader) >= '0' && rust_reader_peek(reader) <= '9') {
		length = length * 10 + (size_t)(rust_reader_next(reader) - '0');
		if (length > reader->input.size) {
			reader->is_failed = true;
			return 0;
		}
	}
	return length;
}

struct rust_identifier rust_reader_identifier(struct rust_reader *reader)
{
	struct rust_identifier identifier = {0};
	bool is_punycode = rust_reader_eat(reader, 'u');
	size_t length = read_length(reader);
	struct view all;

	(void)rust_reader_eat(reader, '_');
	if (reader->is_failed || length > reader->input.size - reader->position) {
		reader->is_failed = true;
		return identifier;
	}
	all = view_of(reader->input.bytes + reader->position, length);
	reader->position += length;
	identifier.ascii = all;
	if (!is_punycode)
		return identifier;
	while (all.size > 0 && all.bytes[all.size - 1] != '_')
		all.size--;
	identifier.punycode = view_skip(identifier.ascii, all.size);
	identifier.ascii = view_take(identifier.ascii, all.size ? all.size - 1 : 0);
	if (identifier.punycode.size == 0)
		reader->is_failed = true;
	return identifier;
}

bool rust_reader_follow(struct rust_reader *reader, size_t *ret_back)
{
	size_t before = reader->position - 1; /* of the "B" */
	uint64_t target = rust_reader_integer(reader);

	if (reader->is_failed || target >= before) {
		reader->is_failed = true;
		return false;
	}
	/* What is not printed need not be walked again: it was when it stood there. */
	if (reader->is_skipping)
		return false;
	*ret_back = reader->position;
	reader->position = (size_t)target;
	return true;
}

void rust_reader_return(struct rust_reader *reader, size_t back)
{
	reader->position = back;
}

bool rust_reader_enter(struct rust_reader *reader)
{
	if (reader->depth >= MAX_RUST_DEPTH || reader->steps >= MAX_RUST_STEPS)
		reader->is_failed = true;
	if (reader->is_failed || reader->is_full)
		return false;
	reader->depth++;
	reader->steps++;
	return true;
}

void rust_reader_leave(struct rust_reader *reader)
{
	reader->depth--;
}

void rust_reader_print(struct rust_reader *reader, struct view text)
{
	if (reader->is_skipping || reader->is_failed || reader->is_full || text.size == 0)
		return;
	if (text.size > reader->capacity - reader->size) {
		reader->is_full = true;
		return;
	}
	memcpy(reader->text + reader->size, text.bytes, text.size);
	reader->size += text.size;
}

void rust_reader_print_text(struct rust_reader *reader, const char *text)
{
	rust_reader_print(reader, view_of_text(text));
}

void rust_reader_print_number(struct rust_reader *reader, uint64_t number)
{
	char digits[24];
	int size = snprintf(digits, sizeof(digits), "%llu", (unsigned long long)number);

	rust_reader_print(reader, view_of(digits, (size_t)size));
}

void rust_reader_print_character(struct rust_reader *reader, uint32_t code_point)
{
	char bytes[4];
	size_t size = 1;

	if (code_point < 0x80) {
		bytes[0] = (char)code_point;
	} else if (code_point < 0x800) {
		bytes[0] = (char)(0xc0 | code_point >> 6);
		size = 2;
	} else if (code_point < 0x10000) {
		bytes[0] = (char)(0xe0 | code_point >> 12);
		size = 3;
	} else {
		bytes[0] = (char)(0xf0 | code_point >> 18);
		size = 4;
	}
	for (size_t i = 1; i < size; i++)
		bytes[i] = (char)(0x80 | (code_point >> 6 * (size - 1 - i) & 0x3f));
	rust_reader_print(reader, view_of(bytes, size));
}

static int digit_36(char c)
{
	if (c >= 'a' && c <= 'z')
		return c - 'a';
	if (c >= '0' && c <= '9')
		return 26 + (c - '0');
	return -1;
}

/* One delta of punycode (RFC 3492); false on bad digits or overflow. */
static bool read_delta(struct view *rest, uint64_t bias, uint64_t *ret)
{
	uint64_t delta = 0, weight = 1;

	for (uint64_t k = 36;; k += 36) {
		uint64_t threshold = k <= bias ? 1 : k - bias >= 26 ? 26 : k - bias;
		int digit = rest->size ? digit_36(rest->bytes[0]) : -1;

		if (digit < 0 || weight > UINT32_MAX)
			return false;
		*rest = view_skip(*rest, 1);
		delta += (uint64_t)digit * weight;
		if ((uint64_t)digit < threshold)
			break;
		weight *= 36 - threshold;
	}
	*ret = delta;
	return delta <= UINT32_MAX;
}

static uint64_t adapt_bias(uint64_t delta, uint64_t count, bool is_first)
{
	uint64_t k = 0;

	delta = is_first ? delta / 700 : delta / 2;
	delta += delta / count;
	for (; delta > ((36 - 1) * 26) / 2; k += 36)
		delta /= 36 - 1;
	return k + 36 * delta / (delta + 38);
}

/* How many characters, 0 when it is not punycode. */
static size_t decode_punycode(struct rust_identifier identifier, uint32_t *ret)
{
	uint64_t code_point = 0x80, bias = 72, at = 0, delta;
	size_t count = identifier.ascii.size;
	struct view rest = identifier.punycode;

	if (count >= MAX_IDENTIFIER_CHARACTERS)
		return 0;
	for (size_t i = 0; i < count; i++)
		ret[i] = (uint8_t)identifier.ascii.bytes[i];
	while (rest.size > 0) {
		if (count == MAX_IDENTIFIER_CHARACTERS || !read_delta(&rest, bias, &delta))
			return 0;
		at += delta;
		count++;
		code_point += at / count;
		at %= count;
		if (code_point > 0x10ffff || (code_point >= 0xd800 && code_point < 0xe000))
			return 0;
		memmove(ret + at + 1, ret + at, (count - 1 - at) * sizeof(*ret));
		ret[at++] = (uint32_t)code_point;
		bias = adapt_bias(delta, count, count == identifier.ascii.size + 1);
	}
	return count;
}

void rust_reader_print_identifier(struct rust_reader *reader, struct rust_identifier identifier)
{
	uint32_t characters[MAX_IDENTIFIER_CHARACTERS];
	size_t count;

	if (identifier.punycode.size == 0) {
		rust_reader_print(reader, identifier.ascii);
		return;
	}
	if (reader->is_skipping)
		return;
	count = decode_punycode(identifier, characters);
	for (size_t i = 0; i < count; i++)
		rust_reader_print_character(reader, characters[i]);
	if (count > 0)
		return;
	rust_reader_print_text(reader, "punycode{");
	if (identifier.ascii.size > 0) {
		rust_reader_print(reader, identifier.ascii);
		rust_reader_print_text(reader, "-");
	}
	rust_reader_print(reader, identifier.punycode);
	rust_reader_print_text(reader, "}");
}
