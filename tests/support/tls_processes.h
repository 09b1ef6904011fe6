/* Files that hold TLS libraries and processes that map them, in a folder like /proc: for tests of
 * agent/check. */
#ifndef SUPPORT_TLS_PROCESSES_H
#define SUPPORT_TLS_PROCESSES_H

#include <sys/sysmacros.h>
#include "fake_proc.h"
#include "symbol_elf.h"

/* functions: NULL-ended, defined by the file; section: one more, or NULL; constants: its .rodata.
 */
static inline struct view tls_elf(struct symbol_elf *elf, const char *const *functions,
				  const char *section, const char *constants)
{
	struct symbol_row rows[16] = {{0}};

	for (uint32_t i = 0; functions && functions[i]; i++)
		rows[i] = (struct symbol_row){functions[i], CODE_ADDRESS + 0x20 * (i + 1), 16,
					      STT_FUNC};
	symbol_elf_begin(elf);
	symbol_elf_add_table(elf, ".dynsym", SHT_DYNSYM, rows);
	if (section)
		(void)symbol_elf_add(elf, section, SHT_PROGBITS, 0, VIEW_LITERAL("x"));
	(void)symbol_elf_add(elf, ".rodata", SHT_PROGBITS, 0, view_of_text(constants));
	return symbol_elf_end(elf);
}

/* A file in the root of all processes: "libssl.so.3". */
static inline void tls_processes_file(const struct fake_proc *fake, const char *name,
				      const char *const *functions, const char *section,
				      const char *constants)
{
	struct symbol_elf elf;
	struct view bytes = tls_elf(&elf, functions, section, constants);

	fake_proc_write(fake, name, bytes.bytes, bytes.size);
}

/* A process that maps these files, NULL-ended; the first is its executable. */
static inline void tls_processes_add(const struct fake_proc *fake, int pid,
				     const char *const *files)
{
	char path[160], maps[4096] = "00400000-00401000 rw-p 00000000 00:00 0 [heap]\n";
	size_t used = strlen(maps);
	struct stat status;

	snprintf(path, sizeof(path), "/usr/bin/%s", files[0]);
	fake_proc_add(fake, pid, "task", 1000, path, 0);
	for (int i = 0; files[i]; i++) {
		snprintf(path, sizeof(path), "%s/%s", fake->root, files[i]);
		assert(stat(path, &status) == 0);
		used += (size_t)snprintf(maps + used, sizeof(maps) - used,
					 "7f%06x000-7f%06x000 r-xp 00001000 %02x:%02x %lu /%s\n",
					 i * 16, i * 16 + 4, major(status.st_dev),
					 minor(status.st_dev), (unsigned long)status.st_ino,
					 files[i]);
	}
	fake_proc_file(fake, pid, "maps", maps, used);
	snprintf(path, sizeof(path), "%s/%d/root", fake->proc, pid);
	assert(symlink(fake->root, path) == 0);
}

#endif
