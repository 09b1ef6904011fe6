/*
 * Texts that stand in an ELF file: a version number behind a known beginning. Only the section of
 * constants is looked at, in blocks, up to a size; the file may be anybody's.
 */
#ifndef PROCESS_ELF_TEXT_H
#define PROCESS_ELF_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define MAX_ELF_TEXT_BYTES (96u << 20) /* of constants looked at */
#define MAX_ELF_TEXT_WORD  32

struct elf_text_pattern {
	const char *beginning; /* "PHP/" */
	bool is_part;          /* the beginning belongs to the result: "3.11." */
	bool is_own_word;      /* no letter, digit or dot before it */
	bool is_ended_by_nul;  /* nothing may stand behind the word */
};

/* The first word of digits, letters, '.', '+' and '-' behind a beginning that begins with a digit
 * and is, as a version, of three parts or more. False: there is none. */
bool elf_text_find(int fd, const struct elf_text_pattern *pattern,
		   char ret_word[MAX_ELF_TEXT_WORD]);

/* Which of up to 32 texts, NULL-ended, of at most 128 bytes each, stand there: a bit each, the
 * first one's is the lowest. */
uint32_t elf_text_have(int fd, const char *const *texts);

#endif
