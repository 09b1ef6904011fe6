/*
 * The grammar of Rust's v0 names, one function per production. Follows rustc-demangle, which is
 * what people compare with.
 */
#include "symbols/rust_v0.h"

static const char *basic_type(char tag)
{
	static const char *const names[26] = {
		['a' - 'a'] = "i8",   ['b' - 'a'] = "bool",  ['c' - 'a'] = "char",
		['d' - 'a'] = "f64",  ['e' - 'a'] = "str",   ['f' - 'a'] = "f32",
		['h' - 'a'] = "u8",   ['i' - 'a'] = "isize", ['j' - 'a'] = "usize",
		['l' - 'a'] = "i32",  ['m' - 'a'] = "u32",   ['n' - 'a'] = "i128",
		['o' - 'a'] = "u128", ['p' - 'a'] = "_",     ['s' - 'a'] = "i16",
		['t' - 'a'] = "u16",  ['u' - 'a'] = "()",    ['v' - 'a'] = "...",
		['x' - 'a'] = "i64",  ['y' - 'a'] = "u64",   ['z' - 'a'] = "!",
	};

	return tag >= 'a' && tag <= 'z' ? names[tag - 'a'] : NULL;
}

static void print_lifetime(struct rust_reader *reader, uint64_t index)
{
	uint64_t depth;
	char name[2] = {0};

	/* Binders are not counted where nothing is printed. */
	if (reader->is_skipping)
		return;
	rust_reader_print_text(reader, "'");
	if (index == 0) {
		rust_reader_print_text(reader, "_");
		return;
	}
	if (index > reader->bound_lifetimes) {
		reader->is_failed = true;
		return;
	}
	depth = reader->bound_lifetimes - index;
	if (depth < 26) {
		name[0] = (char)('a' + depth);
		rust_reader_print_text(reader, name);
	} else {
		rust_reader_print_text(reader, "_");
		rust_reader_print_number(reader, depth);
	}
}

/* "for<'a, 'b> "; how many lifetimes it bound. */
static uint64_t open_binder(struct rust_reader *reader)
{
	uint64_t count = rust_reader_optional_integer(reader, 'G');

	if (reader->is_skipping || reader->is_failed || count == 0)
		return 0;
	if (count > MAX_RUST_DEPTH) {
		reader->is_failed = true;
		return 0;
	}
	rust_reader_print_text(reader, "for<");
	for (uint64_t i = 0; i < count; i++) {
		if (i > 0)
			rust_reader_print_text(reader, ", ");
		reader->bound_lifetimes++;
		print_lifetime(reader, 1);
	}
	rust_reader_print_text(reader, "> ");
	return count;
}

static void print_generic_argument(struct rust_reader *reader)
{
	if (rust_reader_eat(reader, 'L'))
		print_lifetime(reader, rust_reader_integer(reader));
	else if (rust_reader_eat(reader, 'K'))
		rust_constant_print(reader, false);
	else
		rust_v0_type(reader);
}

/* Up to "E": how many there were. */
static uint32_t print_list(struct rust_reader *reader, void (*print)(struct rust_reader *),
			   const char *separator)
{
	uint32_t count = 0;

	while (!reader->is_failed && !reader->is_full && !rust_reader_eat(reader, 'E')) {
		if (count++ > 0)
			rust_reader_print_text(reader, separator);
		print(reader);
	}
	return count;
}

static void print_nested(struct rust_reader *reader, bool is_value)
{
	char space = rust_reader_next(reader);
	struct rust_identifier name;
	uint64_t disambiguator;
	bool is_upper = space >= 'A' && space <= 'Z', has_name;

	if (!is_upper && !(space >= 'a' && space <= 'z')) {
		reader->is_failed = true;
		return;
	}
	rust_v0_path(reader, is_value);
	disambiguator = rust_reader_optional_integer(reader, 's');
	name = rust_reader_identifier(reader);
	has_name = name.ascii.size > 0 || name.punycode.size > 0;
	if (is_upper) { /* closures and shims */
		rust_reader_print_text(reader, "::{");
		if (space == 'C')
			rust_reader_print_text(reader, "closure");
		else if (space == 'S')
			rust_reader_print_text(reader, "shim");
		else
			rust_reader_print(reader, view_of(&space, 1));
		if (has_name)
			rust_reader_print_text(reader, ":");
	} else if (has_name) {
		rust_reader_print_text(reader, "::");
	}
	rust_reader_print_identifier(reader, name);
	if (is_upper) {
		rust_reader_print_text(reader, "#");
		rust_reader_print_number(reader, disambiguator);
		rust_reader_print_text(reader, "}");
	}
}

/* <Type>, <Type as Trait>: where the impl stands is not shown. */
static void print_impl(struct rust_reader *reader, char tag)
{
	if (tag != 'Y') {
		bool was_skipping = reader->is_skipping;

		(void)rust_reader_optional_integer(reader, 's');
		reader->is_skipping = true;
		rust_v0_path(reader, false);
		reader->is_skipping = was_skipping;
	}
	rust_reader_print_text(reader, "<");
	rust_v0_type(reader);
	if (tag != 'M') {
		rust_reader_print_text(reader, " as ");
		rust_v0_path(reader, false);
	}
	rust_reader_print_text(reader, ">");
}

/* What follows the tag of a path. */
static void print_path_of(struct rust_reader *reader, char tag, bool is_value)
{
	size_t back;

	switch (tag) {
	case 'C':
		(void)rust_reader_optional_integer(reader, 's');
		rust_reader_print_identifier(reader, rust_reader_identifier(reader));
		break;
	case 'N':
		print_nested(reader, is_value);
		break;
	case 'M':
	case 'X':
	case 'Y':
		print_impl(reader, tag);
		break;
	case 'I':
		rust_v0_path(reader, is_value);
		rust_reader_print_text(reader, is_value ? "::<" : "<");
		(void)print_list(reader, print_generic_argument, ", ");
		rust_reader_print_text(reader, ">");
		break;
	case 'B':
		if (rust_reader_follow(reader, &back)) {
			rust_v0_path(reader, is_value);
			rust_reader_return(reader, back);
		}
		break;
	default:
		reader->is_failed = true;
	}
}

void rust_v0_path(struct rust_reader *reader, bool is_value)
{
	if (!rust_reader_enter(reader))
		return;
	print_path_of(reader, rust_reader_next(reader), is_value);
	rust_reader_leave(reader);
}

/* A path whose generic arguments stay open: true when there is a "<" to close. */
static bool print_open_path(struct rust_reader *reader)
{
	bool is_open = false;
	size_t back;

	if (!rust_reader_enter(reader))
		return false;
	if (rust_reader_eat(reader, 'B')) {
		if (rust_reader_follow(reader, &back)) {
			is_open = print_open_path(reader);
			rust_reader_return(reader, back);
		}
	} else if (rust_reader_eat(reader, 'I')) {
		rust_v0_path(reader, false);
		rust_reader_print_text(reader, "<");
		(void)print_list(reader, print_generic_argument, ", ");
		is_open = true;
	} else {
		rust_v0_path(reader, false);
	}
	rust_reader_leave(reader);
	return is_open;
}

/* Trait<A, Name = B> */
static void print_dyn_trait(struct rust_reader *reader)
{
	bool is_open = print_open_path(reader);

	while (rust_reader_eat(reader, 'p')) {
		rust_reader_print_text(reader, is_open ? ", " : "<");
		is_open = true;
		rust_reader_print_identifier(reader, rust_reader_identifier(reader));
		rust_reader_print_text(reader, " = ");
		rust_v0_type(reader);
	}
	if (is_open)
		rust_reader_print_text(reader, ">");
}

static void print_dyn(struct rust_reader *reader)
{
	uint64_t bound, lifetime;

	rust_reader_print_text(reader, "dyn ");
	bound = open_binder(reader);
	(void)print_list(reader, print_dyn_trait, " + ");
	reader->bound_lifetimes -= bound;
	if (!rust_reader_eat(reader, 'L')) {
		reader->is_failed = true;
		return;
	}
	lifetime = rust_reader_integer(reader);
	if (lifetime == 0)
		return;
	rust_reader_print_text(reader, " + ");
	print_lifetime(reader, lifetime);
}

static void print_abi(struct rust_reader *reader)
{
	struct rust_identifier abi = {.ascii = VIEW_LITERAL("C")};

	if (!rust_reader_eat(reader, 'C'))
		abi = rust_reader_identifier(reader);
	if (abi.ascii.size == 0 || abi.punycode.size > 0) {
		reader->is_failed = true;
		return;
	}
	rust_reader_print_text(reader, "extern \"");
	for (size_t i = 0; i < abi.ascii.size; i++)
		rust_reader_print(reader, abi.ascii.bytes[i] == '_'
						  ? VIEW_LITERAL("-")
						  : view_of(abi.ascii.bytes + i, 1));
	rust_reader_print_text(reader, "\" ");
}

static void print_function_type(struct rust_reader *reader)
{
	uint64_t bound = open_binder(reader);

	if (rust_reader_eat(reader, 'U'))
		rust_reader_print_text(reader, "unsafe ");
	if (rust_reader_eat(reader, 'K'))
		print_abi(reader);
	rust_reader_print_text(reader, "fn(");
	(void)print_list(reader, rust_v0_type, ", ");
	rust_reader_print_text(reader, ")");
	if (!rust_reader_eat(reader, 'u')) {
		rust_reader_print_text(reader, " -> ");
		rust_v0_type(reader);
	}
	reader->bound_lifetimes -= bound;
}

static void print_reference(struct rust_reader *reader, bool is_mutable)
{
	rust_reader_print_text(reader, "&");
	if (rust_reader_eat(reader, 'L')) {
		uint64_t lifetime = rust_reader_integer(reader);

		if (lifetime != 0) {
			print_lifetime(reader, lifetime);
			rust_reader_print_text(reader, " ");
		}
	}
	if (is_mutable)
		rust_reader_print_text(reader, "mut ");
	rust_v0_type(reader);
}

static void print_sequence(struct rust_reader *reader, char tag)
{
	if (tag == 'T') {
		rust_reader_print_text(reader, "(");
		if (print_list(reader, rust_v0_type, ", ") == 1)
			rust_reader_print_text(reader, ",");
		rust_reader_print_text(reader, ")");
		return;
	}
	rust_reader_print_text(reader, "[");
	rust_v0_type(reader);
	if (tag == 'A') {
		rust_reader_print_text(reader, "; ");
		rust_constant_print(reader, true);
	}
	rust_reader_print_text(reader, "]");
}

static void print_type_of(struct rust_reader *reader, char tag)
{
	size_t back;

	switch (tag) {
	case 'R':
	case 'Q':
		print_reference(reader, tag == 'Q');
		break;
	case 'P':
	case 'O':
		rust_reader_print_text(reader, tag == 'P' ? "*const " : "*mut ");
		rust_v0_type(reader);
		break;
	case 'A':
	case 'S':
	case 'T':
		print_sequence(reader, tag);
		break;
	case 'F':
		print_function_type(reader);
		break;
	case 'D':
		print_dyn(reader);
		break;
	case 'B':
		if (rust_reader_follow(reader, &back)) {
			rust_v0_type(reader);
			rust_reader_return(reader, back);
		}
		break;
	default:
		print_path_of(reader, tag, false);
	}
}

void rust_v0_type(struct rust_reader *reader)
{
	const char *basic;
	char tag;

	if (!rust_reader_enter(reader))
		return;
	tag = rust_reader_next(reader);
	basic = basic_type(tag);
	if (basic)
		rust_reader_print_text(reader, basic);
	else
		print_type_of(reader, tag);
	rust_reader_leave(reader);
}
