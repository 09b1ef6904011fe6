/*
 * What tests/conformance/test_symbols.py compares with gdb, nm and others: reads addresses as
 * linked (hexadecimal, one per line) and prints what module_find_symbol says.
 * usage: find_symbols FILE DEBUG_ROOT|- < ADDRESSES
 * Per line: address, symbol, name, start of the function, file, line; separated by tabs, "-" when
 * not known. At the end, on standard error: nanoseconds of the first call, of all, bytes held.
 */
#include <fcntl.h>
#include <inttypes.h>
#include <time.h>
#include "base/arena.h"
#include "base/cleanup.h"
#include "symbols/demangle.h"
#include "symbols/line_numbers.h"
#include "symbols/module.h"

static uint64_t now_ns(void)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
}

static void print_symbol(struct module *module, uint64_t address)
{
	struct module_symbol symbol;
	struct arena arena;

	arena_init(&arena, 1 << 20);
	if (!module_find_symbol(module, address, &arena, &symbol))
		printf("%" PRIx64 "\t-\t-\t-\t-\t0\n", address);
	else
		printf("%" PRIx64 "\t%.*s\t%.*s\t%" PRIx64 "\t%.*s\t%u\n", address,
		       VIEW_FORMAT(symbol.symbol), VIEW_FORMAT(symbol.name), symbol.address,
		       symbol.file.size ? (int)symbol.file.size : 1,
		       symbol.file.size ? symbol.file.bytes : "-", symbol.line);
	arena_done(&arena);
}

int main(int argc, char **argv)
{
	_cleanup_(module_free) struct module *module = NULL;
	uint64_t begin_ns = now_ns(), first_ns = 0;
	char line[64];
	int fd;

	if (argc != 3)
		return 2;
	(void)demangle_prepare();
	if (argv[2][0] != '-' || argv[2][1] == 'l')
		(void)line_numbers_prepare();
	fd = open(argv[1], O_RDONLY | O_CLOEXEC);
	if (fd < 0 || module_new(&module, &fd, argv[2][0] == '-' ? NULL : argv[2]) != 0) {
		fprintf(stderr, "cannot read %s\n", argv[1]);
		return 1;
	}
	while (fgets(line, sizeof(line), stdin)) {
		print_symbol(module, strtoull(line, NULL, 16));
		if (first_ns == 0)
			first_ns = now_ns() - begin_ns;
	}
	fprintf(stderr, "%" PRIu64 " %" PRIu64 " %zu\n", first_ns, now_ns() - begin_ns,
		module_memory_bytes(module));
	return 0;
}
