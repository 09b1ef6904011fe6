/* What is found in a file, by rows of the test's own: places of each kind, which rows get none, and
 * what is said of that. */
#include "cmocka_test.h"

#include <unistd.h>
#include "base/log.h"
#include "capture/probed_file.h"
#include "captured_output.h"
#include "go_table.h"
#include "sample_elf.h"
#include "symbol_elf.h"

#define FILES(...)   ((const char *const[]){__VA_ARGS__, NULL})
#define SYMBOLS(...) ((const char *const[]){__VA_ARGS__, NULL})
#define LOSS         "nothing is seen"

static int find_seven(int fd, const char *name)
{
	(void)name;
	return fd >= 0 ? 7 : 0;
}

static int find_nothing(int fd, const char *name)
{
	(void)fd;
	(void)name;
	return -1;
}

static const struct runtime_probe_row plain = {
	.name = "plain", .files = FILES("libone.so*"), .symbols = SYMBOLS("one")};
static const struct runtime_probe_row plain_return = {.name = "return",
						      .files = FILES("libone.so*"),
						      .symbols = SYMBOLS("one"),
						      .is_return = true};
static const struct runtime_probe_row second_choice = {
	.name = "choice", .files = FILES("libone.so*", "prog"), .symbols = SYMBOLS("none", "two")};
static const struct runtime_probe_row missing = {
	.name = "missing", .files = FILES("libone.so*"), .symbols = SYMBOLS("none")};
static const struct runtime_probe_row optional = {.name = "optional",
						  .files = FILES("libone.so*"),
						  .symbols = SYMBOLS("none"),
						  .is_optional = true};
static const struct runtime_probe_row known = {.name = "known",
					       .files = FILES("libone.so*"),
					       .symbols = SYMBOLS("one"),
					       .fact = FACT_PYTHON_MINOR,
					       .find_fact = find_seven};
static const struct runtime_probe_row unknown = {.name = "unknown",
						 .files = FILES("libone.so*"),
						 .symbols = SYMBOLS("one"),
						 .fact = FACT_PYTHON_MINOR,
						 .find_fact = find_nothing};
static const struct runtime_probe_row go_entry = {.name = "call",
						  .files = FILES(RUNTIME_PROBE_GO),
						  .symbols = SYMBOLS("one"),
						  .is_go_call = true};

static struct symbol_elf elf;
static struct probed_rows rows;
static struct probed_file file;

static void set_rows(uint32_t count, const struct runtime_probe_row *const *of)
{
	rows = (struct probed_rows){.count = count, .loss = LOSS};
	for (uint32_t i = 0; i < count; i++) {
		rows.rows[i] = of[i];
		rows.programs[i] = (const struct bpf_program *)of[i];
	}
}
#define SET_ROWS(...)                                                                              \
	set_rows(sizeof((const struct runtime_probe_row *const[]){__VA_ARGS__}) / sizeof(void *),  \
		 (const struct runtime_probe_row *const[]){__VA_ARGS__})

/* one and two are at these places; a Go program has Go's table, too. */
static int make_file(struct view body, bool is_go, uint64_t *ret_offset)
{
	struct go_table table;
	uint64_t offset, address;
	struct view bytes;

	symbol_elf_begin(&elf);
	offset = elf.sections[symbol_elf_add(&elf, ".text", SHT_PROGBITS, 0, body)].sh_offset;
	address = CODE_ADDRESS + offset;
	if (is_go) {
		go_table_make(&table, 120, CODE_ADDRESS);
		(void)symbol_elf_add(&elf, ".gopclntab", SHT_PROGBITS, 0,
				     view_of(table.bytes, table.size));
		(void)symbol_elf_add(&elf, ".go.buildinfo", SHT_PROGBITS, 0, body);
	}
	symbol_elf_add_table(&elf, ".dynsym", SHT_DYNSYM,
			     (const struct symbol_row[]){{"one", address, body.size, STT_FUNC},
							 {"two", address + 4, 4, STT_FUNC},
							 {0}});
	bytes = symbol_elf_end(&elf);
	*ret_offset = offset;
	return sample_elf_file(bytes.bytes, bytes.size);
}

static struct captured_output output;

/* Where the body stands; what was said is in `output`. */
static uint64_t examine(struct view body, bool is_go, const char *name, uint64_t size)
{
	uint64_t offset;
	int fd = make_file(body, is_go, &offset);

	memset(&file, 0, sizeof(file));
	file.fd = -1;
	log_set_level(LOG_LEVEL_INFO);
	captured_output_begin(&output, STDERR_FILENO);
	probed_file_examine(&file, &rows, fd, view_of_text(name), size);
	(void)captured_output_end(&output);
	close(fd);
	return offset;
}

static void end(void)
{
	assert_int_equal(file.fd >= 0, file.places_count > 0);
	if (file.fd >= 0)
		close(file.fd);
}

static void expect_place(uint32_t index, uint32_t row, uint64_t offset, bool is_return)
{
	assert_true(index < file.places_count);
	assert_int_equal(file.places[index].row, row);
	assert_int_equal(file.places[index].file_offset, offset);
	assert_int_equal(file.places[index].is_return, is_return);
}

static void libraries(void **state)
{
	uint64_t offset;

	(void)state;
	SET_ROWS(&plain, &plain_return, &second_choice, &go_entry);
	offset = examine(VIEW_LITERAL("\x55\x48\x89\xe5\x5d\xc3.."), false, "libone.so.1", 4096);
	assert_string_equal(file.name, "libone.so.1");
	assert_int_equal(file.places_count, 3);
	expect_place(0, 0, offset, false);
	expect_place(1, 1, offset, true);
	expect_place(2, 2, offset + 4, false);
	assert_true(probed_file_has_returns(&file));
	assert_string_equal(output.text, "");
	end();
	/* A landing mark is left out. */
	SET_ROWS(&plain);
	offset = examine(VIEW_LITERAL("\xf3\x0f\x1e\xfa\x55\xc3.."), false, "libone.so", 4096);
#if defined(__x86_64__)
	offset += 4;
#endif
	expect_place(0, 0, offset, false);
	assert_false(probed_file_has_returns(&file));
	end();
}

static void nobodys(void **state)
{
	(void)state;
	SET_ROWS(&plain);
	(void)examine(VIEW_LITERAL("\x55\xc3......"), false, "libtwo.so", 4096);
	assert_int_equal(file.places_count, 0);
	assert_int_equal(file.fd, -1);
	assert_string_equal(output.text, "");
	assert_true(probed_file_is_wanted(&rows, "libone.so", false));
	assert_false(probed_file_is_wanted(&rows, "libone.a", true));
	rows.programs[0] = NULL;
	assert_false(probed_file_is_wanted(&rows, "libone.so", false));
}

static void what_is_missing(void **state)
{
	(void)state;
	SET_ROWS(&missing, &optional);
	(void)examine(VIEW_LITERAL("\x55\xc3......"), false, "libone.so", 4096);
	assert_int_equal(file.places_count, 0);
	assert_non_null(
		strstr(output.text, "cannot watch missing of libone.so (no symbol none): " LOSS));
	assert_null(strstr(output.text, "optional"));
	end();
	/* A small executable leaves the runtime to a library. */
	SET_ROWS(&(struct runtime_probe_row){
		.name = "launched", .files = FILES("prog"), .symbols = SYMBOLS("none")});
	(void)examine(VIEW_LITERAL("\x55\xc3......"), false, "prog", 4096);
	assert_string_equal(output.text, "");
	(void)examine(VIEW_LITERAL("\x55\xc3......"), false, "prog", 4 << 20);
	assert_non_null(strstr(output.text, "cannot watch launched of prog"));
}

static void facts(void **state)
{
	uint64_t offset;

	(void)state;
	SET_ROWS(&known, &plain);
	offset = examine(VIEW_LITERAL("\x55\xc3......"), false, "libone.so", 4096);
	assert_int_equal(file.places_count, 2);
	expect_place(0, 0, offset, false);
	assert_int_equal(file.fact_kind, FACT_PYTHON_MINOR);
	assert_int_equal(file.fact, 7);
	end();
	SET_ROWS(&unknown, &unknown, &plain);
	offset = examine(VIEW_LITERAL("\x55\xc3......"), false, "libone.so", 4096);
	assert_int_equal(file.places_count, 1);
	expect_place(0, 2, offset, false);
	assert_non_null(
		strstr(output.text, "cannot watch unknown of libone.so (not known inside)"));
	assert_null(strstr(strstr(output.text, "unknown") + 1, "unknown")); /* said once */
	end();
}

#if defined(__x86_64__)
/* push rbp; mov rbp, rsp; jz; pop rbp; ret; pop rbp; ret */
static const char go_body[] = "\x55\x48\x89\xe5\x74\x02\x5d\xc3\x5d\xc3";
static const char checked_body[] = "\x49\x3b\x66\x10\x76\x06\x55\x48\x89\xe5\x5d\xc3\xeb\xf2";
static const char odd_body[] = "\x55\x48\x89\xe5\x5d\xff\xe0";

static const struct runtime_probe_row go_returns = {.name = "call",
						    .files = FILES(RUNTIME_PROBE_GO),
						    .symbols = SYMBOLS("one"),
						    .is_go_call = true,
						    .is_return = true};
static const struct runtime_probe_row go_plain = {
	.name = "entry", .files = FILES(RUNTIME_PROBE_GO), .symbols = SYMBOLS("one")};
static const struct runtime_probe_row exe_return = {.name = "exe",
						    .files = FILES(RUNTIME_PROBE_EXE),
						    .symbols = SYMBOLS("one"),
						    .is_return = true};

static void go_calls(void **state)
{
	uint64_t offset;

	(void)state;
	SET_ROWS(&exe_return, &go_entry, &go_returns, &go_plain);
	offset = examine(view_of(go_body, sizeof(go_body) - 1), true, "prog", 4096);
	assert_int_equal(file.places_count, 4);
	expect_place(0, 1, offset, false);
	expect_place(1, 2, offset + 7, false);
	expect_place(2, 2, offset + 9, false);
	expect_place(3, 3, offset, false);
	assert_false(probed_file_has_returns(&file)); /* never of Go */
	assert_string_equal(output.text, "");
	end();
	/* Behind the check of the stack's end. */
	SET_ROWS(&go_plain);
	offset = examine(view_of(checked_body, sizeof(checked_body) - 1), true, "prog", 4096);
	expect_place(0, 0, offset + 6, false);
	end();
}

/* Said once, and nothing of the file is watched. */
static void go_not_understood(void **state)
{
	const char *first;

	(void)state;
	SET_ROWS(&go_plain, &go_entry, &go_returns);
	(void)examine(view_of(odd_body, sizeof(odd_body) - 1), true, "prog", 4096);
	assert_int_equal(file.places_count, 0);
	first = strstr(output.text, "cannot watch one of prog (its code is not understood): " LOSS);
	assert_non_null(first);
	assert_null(strstr(first + 1, "cannot watch"));
	end();
}

static void go_too_many(void **state)
{
	const struct runtime_probe_row *many[49];

	(void)state;
	for (uint32_t i = 0; i < 49; i++)
		many[i] = &go_returns;
	set_rows(48, many);
	(void)examine(view_of(go_body, sizeof(go_body) - 1), true, "prog", 4096);
	assert_int_equal(file.places_count, MAX_PROBE_PLACES);
	end();
	set_rows(49, many);
	(void)examine(view_of(go_body, sizeof(go_body) - 1), true, "prog", 4096);
	assert_int_equal(file.places_count, 0);
	end();
}
#endif

static void no_program(void **state)
{
	int fd = sample_elf_file("#!/bin/sh\n", 10);

	(void)state;
	SET_ROWS(&plain);
	memset(&file, 0, sizeof(file));
	file.fd = -1;
	captured_output_begin(&output, STDERR_FILENO);
	probed_file_examine(&file, &rows, fd, VIEW_LITERAL("libone.so"), 10);
	assert_non_null(strstr(captured_output_end(&output),
			       "cannot watch libone.so (no ELF file with symbols): " LOSS));
	assert_int_equal(file.fd, -1);
	close(fd);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(libraries),
		cmocka_unit_test(nobodys),
		cmocka_unit_test(what_is_missing),
		cmocka_unit_test(facts),
#if defined(__x86_64__)
		cmocka_unit_test(go_calls),
		cmocka_unit_test(go_not_understood),
		cmocka_unit_test(go_too_many),
#endif
		cmocka_unit_test(no_program),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
