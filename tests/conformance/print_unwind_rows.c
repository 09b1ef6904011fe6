/*
 * Prints what our unwind tables say of addresses of a file, as binutils' readelf does, for
 * test_unwind_rows.py to compare. Arguments: "eh" or "debug", the file. Addresses on standard
 * input, one in hex per line; per address one line: CFA, then the registers that have a rule.
 */
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "symbols/cfi_program.h"
#include "symbols/module.h"
#include "symbols/unwind_table.h"

static void print_rule(uint64_t number, const struct register_rule *rule)
{
	switch (rule->kind) {
	case RULE_UNSPECIFIED:
		break;
	case RULE_SAME:
		printf(" r%" PRIu64 "=s", number);
		break;
	case RULE_UNDEFINED:
		printf(" r%" PRIu64 "=u", number);
		break;
	case RULE_OFFSET:
		printf(" r%" PRIu64 "=c%+" PRId64, number, rule->offset);
		break;
	case RULE_VALUE_OFFSET:
		printf(" r%" PRIu64 "=v%+" PRId64, number, rule->offset);
		break;
	case RULE_REGISTER:
		printf(" r%" PRIu64 "=r%" PRId64, number, rule->offset);
		break;
	case RULE_EXPRESSION:
		printf(" r%" PRIu64 "=exp", number);
		break;
	case RULE_VALUE_EXPRESSION:
		printf(" r%" PRIu64 "=vexp", number);
		break;
	}
}

static void print_row(struct module *module, bool is_debug, uint64_t address)
{
	struct unwind_table *table = module_unwind_table(module);
	struct unwind_entry entry;
	struct cfi_row row;

	if (!table || !(is_debug ? unwind_table_find_debug(table, address, &entry)
				 : unwind_table_find(table, address, &entry))) {
		puts("none");
		return;
	}
	if (!cfi_program_run(&entry, module_machine(module), address, &row)) {
		puts("bad");
		return;
	}
	if (row.is_cfa_expression)
		printf("exp");
	else
		printf("r%" PRIu64 "%+" PRId64, row.cfa_register, row.cfa_offset);
	for (uint64_t i = 0; i < REGISTERS_COUNT; i++)
		print_rule(i, &row.rules[i]);
	putchar('\n');
}

int main(int argc, char **argv)
{
	struct module *module = NULL;
	char line[64];
	int fd;

	if (argc != 3)
		return 2;
	fd = open(argv[2], O_RDONLY | O_CLOEXEC);
	if (module_new(&module, &fd, NULL) != 0) {
		fprintf(stderr, "%s: cannot be read\n", argv[2]);
		return 1;
	}
	while (fgets(line, sizeof(line), stdin))
		print_row(module, strcmp(argv[1], "debug") == 0, strtoull(line, NULL, 16));
	module_free(&module);
	return 0;
}
