/*
 * Symbols of all rows in one reading. What is missing is said as its row wishes: a runtime that is
 * a version too old is news, an executable that leaves the runtime to a library is none.
 */
#include "capture/probed_file.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include "base/log.h"
#include "process/elf_language.h"
#include "process/elf_symbols.h"
#include "process/go_code.h"
#include "process/landing_mark.h"

#define LAUNCHER_BYTES (1 << 20) /* a smaller executable leaves the runtime to a library */

/* Without programs every row counts: somebody only wants to know. */
static bool is_on(const struct probed_rows *rows, uint32_t row)
{
	return rows->is_census || rows->programs[row];
}

bool probed_file_is_wanted(const struct probed_rows *rows, const char *name, bool is_go)
{
	for (uint32_t i = 0; i < rows->count; i++)
		if (is_on(rows, i) && runtime_probe_table_is_of(rows->rows[i], name, is_go))
			return true;
	return false;
}

static const struct elf_symbol *choose_symbol(const struct runtime_probe_row *row,
					      const struct elf_symbol *symbols)
{
	for (uint32_t i = 0; row->symbols[i]; i++)
		if (symbols[i].is_found)
			return &symbols[i];
	return NULL;
}

/* An executable that leaves the runtime to a library is no news, nor one without a TLS library. */
static void say_missing(const struct probed_rows *rows, const struct probed_file *file,
			const struct runtime_probe_row *row, uint64_t size)
{
	bool is_library = strstr(file->name, ".so") != NULL;
	bool is_launcher = size < LAUNCHER_BYTES && !is_library;

	if (row->is_optional && (!is_library || row->is_return))
		return;
	log_message(row->is_optional || is_launcher ? LOG_LEVEL_DEBUG : LOG_LEVEL_INFO,
		    "cannot watch %s of %s (no symbol %s): %s", row->name, file->name,
		    row->symbols[0], rows->loss);
}

/* Said once of a file. */
static bool has_fact(struct probed_file *file, const struct probed_rows *rows,
		     const struct runtime_probe_row *row, int fd)
{
	if (row->fact == FACT_NONE)
		return true;
	if (file->fact_kind == FACT_NONE) {
		file->fact_kind = row->fact;
		file->fact = row->find_fact(fd, file->name);
		if (file->fact <= 0 && !rows->is_census)
			log_info("cannot watch %s of %s (not known inside): its exceptions say "
				 "what its output says",
				 row->name, file->name);
	}
	return file->fact_kind == row->fact && file->fact > 0;
}

static void add_place(struct probed_file *file, uint32_t row, uint64_t file_offset, bool is_return)
{
	if (file->places_count < MAX_PROBE_PLACES)
		file->places[file->places_count++] =
			(struct probe_place){file_offset, row, is_return};
}

static int add_go_places(struct probed_file *file, const struct probed_rows *rows, uint32_t index,
			 int fd, const struct elf_symbol *symbol)
{
	const struct runtime_probe_row *row = rows->rows[index];
	struct go_code code;
	uint32_t room = MAX_PROBE_PLACES - file->places_count;
	int err = go_code_read(fd, symbol->file_offset, symbol->size_bytes, &code);

	if (err == 0 && code.returns_count > room)
		err = -E2BIG;
	if (err < 0) {
		if (!rows->is_census)
			log_info("cannot watch %s of %s (its code is not understood): %s",
				 symbol->name, file->name, rows->loss);
		return err;
	}
	if (!row->is_return)
		add_place(file, index, symbol->file_offset + code.entry, false);
	for (uint32_t i = 0; row->is_return && i < code.returns_count; i++)
		add_place(file, index, symbol->file_offset + code.returns[i], false);
	return 0;
}

/* Of calls that are not seen to end neither a beginning is of use nor what the others say. */
static int add_row_places(struct probed_file *file, const struct probed_rows *rows, uint32_t index,
			  int fd, const struct elf_symbol *symbol, bool is_go)
{
	const struct runtime_probe_row *row = rows->rows[index];
	int err = 0;

	if (row->is_go_call)
		err = add_go_places(file, rows, index, fd, symbol);
	else if (is_go)
		add_place(file, index, symbol->file_offset + go_code_entry(fd, symbol->file_offset),
			  row->is_return);
	else
		add_place(file, index, landing_mark_skip(fd, symbol->file_offset), row->is_return);
	if (err < 0)
		file->places_count = 0;
	return err;
}

/* Symbols of all its rows in one reading. */
static int find_places(struct probed_file *file, const struct probed_rows *rows, int fd, bool is_go,
		       uint64_t size)
{
	struct elf_symbol symbols[MAX_SYMBOL_WISHES];
	uint32_t firsts[MAX_RUNTIME_PROBE_ROWS], count = 0;
	int err;

	for (uint32_t i = 0; i < rows->count; i++) {
		const struct runtime_probe_row *row = rows->rows[i];

		firsts[i] = UINT32_MAX;
		if (!is_on(rows, i) || (row->is_return && is_go && !row->is_go_call) ||
		    !runtime_probe_table_is_of(row, file->name, is_go))
			continue;
		firsts[i] = count;
		for (uint32_t j = 0; row->symbols[j] && count < MAX_SYMBOL_WISHES; j++)
			symbols[count++] = (struct elf_symbol){.name = row->symbols[j]};
	}
	err = is_go ? elf_symbols_find_go(fd, symbols, count)
		    : elf_symbols_find(fd, symbols, count);
	for (uint32_t i = 0; err == 0 && i < rows->count; i++) {
		const struct runtime_probe_row *row = rows->rows[i];
		const struct elf_symbol *symbol;

		if (firsts[i] == UINT32_MAX)
			continue;
		symbol = choose_symbol(row, &symbols[firsts[i]]);
		if (!symbol) {
			say_missing(rows, file, row, size);
			continue;
		}
		if (!has_fact(file, rows, row, fd))
			continue;
		if (add_row_places(file, rows, i, fd, symbol, is_go) < 0)
			return 0;
		log_debug("%s of %s: %s at offset 0x%llx", row->name, file->name, symbol->name,
			  (unsigned long long)symbol->file_offset);
	}
	return err;
}

bool probed_file_has_returns(const struct probed_file *file)
{
	for (uint32_t i = 0; i < file->places_count; i++)
		if (file->places[i].is_return)
			return true;
	return false;
}

static const char *explain(int err)
{
	return err == -EINVAL       ? "no ELF file with symbols"
	       : err == -EOPNOTSUPP ? "Go before 1.18"
				    : strerror(-err);
}

int probed_file_examine(struct probed_file *file, const struct probed_rows *rows, int fd,
			struct view name, uint64_t size)
{
	bool is_library, is_go;
	int err;

	(void)log_escape(name, file->name, sizeof(file->name));
	is_library = strstr(file->name, ".so") != NULL;
	is_go = !is_library && elf_language_is_go(fd);
	if (!probed_file_is_wanted(rows, file->name, is_go))
		return 0;
	err = find_places(file, rows, fd, is_go, size);
	/* What is mapped and no program (assemblies of .NET) is no news. */
	if (err < 0 && !rows->is_census)
		log_message(is_library || err != -EINVAL ? LOG_LEVEL_INFO : LOG_LEVEL_DEBUG,
			    "cannot watch %s (%s): %s", file->name, explain(err), rows->loss);
	if (file->places_count > 0)
		file->fd = fcntl(fd, F_DUPFD_CLOEXEC, 3);
	return err;
}
