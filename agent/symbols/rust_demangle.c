/*
 * Tells the two manglings apart. Legacy names look like those of C++: what makes them Rust's is the
 * hash at the end, so this is asked before the demangler of C++. What follows a name from a "." on
 * (".llvm.1234") is left away, as gdb does.
 */
#include "symbols/rust_demangle.h"

#include "symbols/rust_v0.h"

#define HASH_CHARACTERS     17 /* "h" and 16 hex digits */
#define MIN_DISTINCT_DIGITS 5  /* of a hash; "h0000000000000000" is somebody's own name */

static bool has_only_name_characters(struct view symbol)
{
	for (size_t i = 0; i < symbol.size; i++) {
		char c = symbol.bytes[i];

		if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
		      c == '_'))
			return false;
	}
	return true;
}

static size_t demangle_v0(struct view path, char *ret_text, size_t size)
{
	ssize_t suffix = view_find_byte(path, '.');
	struct rust_reader reader = {
		.input = suffix < 0 ? path : view_take(path, (size_t)suffix),
		.text = ret_text,
		.capacity = size,
	};

	if (!has_only_name_characters(reader.input))
		return 0;
	rust_v0_path(&reader, true);
	/* The crate that instantiated it is not shown. */
	if (!reader.is_full && rust_reader_peek(&reader) != '\0') {
		reader.is_skipping = true;
		rust_v0_path(&reader, false);
	}
	if (reader.is_failed || (!reader.is_full && reader.position < reader.input.size))
		return 0;
	return reader.size;
}

static bool is_hash(struct view part)
{
	uint32_t seen = 0;

	if (part.size != HASH_CHARACTERS || part.bytes[0] != 'h')
		return false;
	for (size_t i = 1; i < part.size; i++) {
		char c = part.bytes[i];

		if (c >= '0' && c <= '9')
			seen |= 1u << (c - '0');
		else if (c >= 'a' && c <= 'f')
			seen |= 1u << (10 + c - 'a');
		else
			return false;
	}
	return __builtin_popcount(seen) >= MIN_DISTINCT_DIGITS;
}

/* "$LT$" and the like: how many bytes it took, 0 when it is none. */
static size_t print_escape(struct rust_reader *reader, struct view rest)
{
	static const char escapes[][2][4] = {
		{"SP", "@"}, {"BP", "*"}, {"RF", "&"}, {"LT", "<"},
		{"GT", ">"}, {"LP", "("}, {"RP", ")"}, {"C", ","},
	};
	ssize_t end = view_find_byte(view_skip(rest, 1), '$');
	struct view name;
	uint32_t code_point = 0;

	if (end <= 0)
		return 0;
	name = view_of(rest.bytes + 1, (size_t)end);
	for (size_t i = 0; i < sizeof(escapes) / sizeof(escapes[0]); i++) {
		if (view_equals(name, view_of_text(escapes[i][0]))) {
			rust_reader_print_text(reader, escapes[i][1]);
			return name.size + 2;
		}
	}
	if (name.bytes[0] != 'u' || name.size < 2 || name.size > 7)
		return 0;
	for (size_t i = 1; i < name.size; i++) {
		const char *digits = "0123456789abcdef";
		const char *digit = strchr(digits, name.bytes[i]);

		if (!digit || *digit == '\0')
			return 0;
		code_point = code_point << 4 | (uint32_t)(digit - digits);
	}
	if (code_point < 0x20 || (code_point >= 0x7f && code_point < 0xa0) ||
	    code_point > 0x10ffff || (code_point >= 0xd800 && code_point < 0xe000))
		return 0;
	rust_reader_print_character(reader, code_point);
	return name.size + 2;
}

/* One part of a path, its escapes undone. */
static void print_part(struct rust_reader *reader, struct view part)
{
	if (view_starts_with(part, VIEW_LITERAL("_$")))
		part = view_skip(part, 1);
	while (part.size > 0) {
		size_t taken = 0;

		if (part.bytes[0] == '$') {
			taken = print_escape(reader, part);
			if (taken == 0) { /* not ours: as it stands */
				rust_reader_print(reader, part);
				return;
			}
		} else if (view_starts_with(part, VIEW_LITERAL(".."))) {
			rust_reader_print_text(reader, "::");
			taken = 2;
		} else {
			while (taken < part.size && part.bytes[taken] != '$' &&
			       (taken == 0 || part.bytes[taken] != '.'))
				taken++;
			rust_reader_print(reader, view_take(part, taken));
		}
		part = view_skip(part, taken);
	}
}

/* The next "4name"; false at "E" or when it is not well formed. */
static bool next_part(struct view *rest, struct view *ret)
{
	size_t length = 0, digits = 0;

	while (digits < rest->size && rest->bytes[digits] >= '0' && rest->bytes[digits] <= '9' &&
	       length <= rest->size)
		length = length * 10 + (size_t)(rest->bytes[digits++] - '0');
	if (digits == 0 || length == 0 || length > rest->size - digits)
		return false;
	*ret = view_of(rest->bytes + digits, length);
	*rest = view_skip(*rest, digits + length);
	return true;
}

static size_t demangle_legacy(struct view path, char *ret_text, size_t size)
{
	struct rust_reader reader = {.text = ret_text, .capacity = size};
	struct view rest = path, part = {0}, last = {0};
	uint32_t count = 0;

	/* The last part must be a hash before anything is printed. */
	while (next_part(&rest, &last))
		count++;
	if (count < 2 || !is_hash(last) || rest.size == 0 || rest.bytes[0] != 'E' ||
	    (rest.size > 1 && rest.bytes[1] != '.' && rest.bytes[1] != '@'))
		return 0;
	rest = path;
	for (uint32_t i = 0; i + 1 < count && next_part(&rest, &part); i++) {
		if (i > 0)
			rust_reader_print_text(&reader, "::");
		print_part(&reader, part);
	}
	return reader.size;
}

size_t rust_demangle(struct view symbol, char *ret_text, size_t size)
{
	if (view_starts_with(symbol, VIEW_LITERAL("_R")) && symbol.size > 2 &&
	    symbol.bytes[2] >= 'A' && symbol.bytes[2] <= 'Z')
		return demangle_v0(view_skip(symbol, 2), ret_text, size);
	if (view_starts_with(symbol, VIEW_LITERAL("_ZN")))
		return demangle_legacy(view_skip(symbol, 3), ret_text, size);
	return 0;
}
