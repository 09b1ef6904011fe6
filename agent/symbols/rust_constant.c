/*
 * Constants in generic arguments of Rust's v0 names: integers, booleans, characters, strings and
 * what const generics build of them.
 */
#include "symbols/rust_v0.h"

#include <stdio.h>
#include "base/utf8.h"

static void print_list(struct rust_reader *reader, void (*print)(struct rust_reader *),
		       bool has_tuple_comma)
{
	uint32_t count = 0;

	while (!reader->is_failed && !reader->is_full && !rust_reader_eat(reader, 'E')) {
		if (count++ > 0)
			rust_reader_print_text(reader, ", ");
		print(reader);
	}
	if (has_tuple_comma && count == 1)
		rust_reader_print_text(reader, ",");
}

static void print_value(struct rust_reader *reader)
{
	rust_constant_print(reader, true);
}

static void print_field(struct rust_reader *reader)
{
	(void)rust_reader_optional_integer(reader, 's');
	rust_reader_print_identifier(reader, rust_reader_identifier(reader));
	rust_reader_print_text(reader, ": ");
	print_value(reader);
}

static int nibble(char c)
{
	return c <= '9' ? c - '0' : c - 'a' + 10;
}

static struct view without_zeros(struct view hex)
{
	while (hex.size > 0 && hex.bytes[0] == '0')
		hex = view_skip(hex, 1);
	return hex;
}

/* False when it does not fit. */
static bool read_number(struct view hex, uint64_t *ret)
{
	uint64_t value = 0;

	hex = without_zeros(hex);
	if (hex.size > 16)
		return false;
	for (size_t i = 0; i < hex.size; i++)
		value = value << 4 | (uint64_t)nibble(hex.bytes[i]);
	*ret = value;
	return true;
}

static void print_integer(struct rust_reader *reader)
{
	struct view hex = rust_reader_hex(reader);
	uint64_t value;

	if (read_number(hex, &value)) {
		rust_reader_print_number(reader, value);
		return;
	}
	rust_reader_print_text(reader, "0x");
	rust_reader_print(reader, without_zeros(hex));
}

static void print_boolean(struct rust_reader *reader)
{
	uint64_t value;

	if (!read_number(rust_reader_hex(reader), &value) || value > 1)
		reader->is_failed = true;
	else
		rust_reader_print_text(reader, value ? "true" : "false");
}

static void print_escaped(struct rust_reader *reader, uint32_t code_point, char quote)
{
	static const char plain[] = "tnr0'\"\\", raw[] = "\t\n\r\0'\"\\";
	const char *found =
		code_point < 0x80 ? memchr(raw, (int)code_point, sizeof(raw) - 1) : NULL;
	char text[16];

	/* The other quote needs no escape. */
	if (found && (code_point != '\'' || quote == '\'') && (code_point != '"' || quote == '"')) {
		text[0] = '\\';
		text[1] = plain[found - raw];
		rust_reader_print(reader, view_of(text, 2));
	} else if (code_point < 0x20 || (code_point >= 0x7f && code_point < 0xa0)) {
		(void)snprintf(text, sizeof(text), "\\u{%x}", code_point);
		rust_reader_print_text(reader, text);
	} else {
		rust_reader_print_character(reader, code_point);
	}
}

static void print_character(struct rust_reader *reader)
{
	uint64_t value;

	if (!read_number(rust_reader_hex(reader), &value) || value > 0x10ffff ||
	    (value >= 0xd800 && value < 0xe000)) {
		reader->is_failed = true;
		return;
	}
	rust_reader_print_text(reader, "'");
	print_escaped(reader, (uint32_t)value, '\'');
	rust_reader_print_text(reader, "'");
}

/* The code point at the start of hex digits of UTF-8; how many bytes it has, 0 when it is wrong. */
static size_t read_utf8(struct view hex, uint32_t *ret)
{
	static const uint8_t masks[] = {0, 0x7f, 0x1f, 0x0f, 0x07};
	char bytes[4];
	size_t count = 0, length;
	uint32_t value;

	for (; count < 4 && hex.size >= 2; count++, hex = view_skip(hex, 2))
		bytes[count] = (char)(nibble(hex.bytes[0]) << 4 | nibble(hex.bytes[1]));
	length = utf8_sequence_length(view_of(bytes, count));
	if (length == 0)
		return 0;
	value = (uint8_t)bytes[0] & masks[length];
	for (size_t i = 1; i < length; i++)
		value = value << 6 | ((uint8_t)bytes[i] & 0x3f);
	*ret = value;
	return length;
}

static void print_string(struct rust_reader *reader)
{
	struct view hex = rust_reader_hex(reader);
	uint32_t code_point;

	rust_reader_print_text(reader, "\"");
	while (hex.size > 0 && !reader->is_failed) {
		size_t length = read_utf8(hex, &code_point);

		if (length == 0) {
			reader->is_failed = true;
			return;
		}
		print_escaped(reader, code_point, '"');
		hex = view_skip(hex, 2 * length);
	}
	rust_reader_print_text(reader, "\"");
}

/* A struct, a tuple struct or a unit. */
static void print_composite(struct rust_reader *reader)
{
	rust_v0_path(reader, true);
	switch (rust_reader_next(reader)) {
	case 'U':
		break;
	case 'T':
		rust_reader_print_text(reader, "(");
		print_list(reader, print_value, false);
		rust_reader_print_text(reader, ")");
		break;
	case 'S':
		rust_reader_print_text(reader, " { ");
		print_list(reader, print_field, false);
		rust_reader_print_text(reader, " }");
		break;
	default:
		reader->is_failed = true;
	}
}

/* What is written in braces unless it stands in an expression already. */
static void print_expression(struct rust_reader *reader, char tag)
{
	switch (tag) {
	case 'e':
		rust_reader_print_text(reader, "*");
		print_string(reader);
		break;
	case 'R':
	case 'Q':
		rust_reader_print_text(reader, tag == 'Q' ? "&mut " : "&");
		print_value(reader);
		break;
	case 'A':
		rust_reader_print_text(reader, "[");
		print_list(reader, print_value, false);
		rust_reader_print_text(reader, "]");
		break;
	case 'T':
		rust_reader_print_text(reader, "(");
		print_list(reader, print_value, true);
		rust_reader_print_text(reader, ")");
		break;
	case 'V':
		print_composite(reader);
		break;
	default:
		reader->is_failed = true;
	}
}

/* The kinds that need no braces; false when it is none of them. */
static bool print_simple(struct rust_reader *reader, char tag, bool is_value)
{
	size_t back;

	if (tag != '\0' && strchr("hmtyoj", tag)) {
		print_integer(reader);
	} else if (tag != '\0' && strchr("aslxni", tag)) {
		if (rust_reader_eat(reader, 'n'))
			rust_reader_print_text(reader, "-");
		print_integer(reader);
	} else if (tag == 'p') {
		rust_reader_print_text(reader, "_");
	} else if (tag == 'b') {
		print_boolean(reader);
	} else if (tag == 'c') {
		print_character(reader);
	} else if (tag == 'R' && rust_reader_eat(reader, 'e')) {
		print_string(reader); /* &*"…" */
	} else if (tag == 'B') {
		if (rust_reader_follow(reader, &back)) {
			rust_constant_print(reader, is_value);
			rust_reader_return(reader, back);
		}
	} else {
		return false;
	}
	return true;
}

void rust_constant_print(struct rust_reader *reader, bool is_value)
{
	char tag;

	if (!rust_reader_enter(reader))
		return;
	tag = rust_reader_next(reader);
	if (!print_simple(reader, tag, is_value)) {
		if (!is_value)
			rust_reader_print_text(reader, "{");
		print_expression(reader, tag);
		if (!is_value)
			rust_reader_print_text(reader, "}");
	}
	rust_reader_leave(reader);
}
