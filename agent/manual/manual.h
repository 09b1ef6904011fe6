/*
 * The documents that are made of the option table: manual pages, the commented settings file and
 * the completions of shells. Written when limpet is built (deploy/write_manual.c), never by limpet
 * itself; each ends with an error on `out` only if the stream does.
 */
#ifndef MANUAL_MANUAL_H
#define MANUAL_MANUAL_H

#include <stddef.h>
#include <stdio.h>

struct manual_document {
	const char *name; /* of the file that is installed */
	void (*write)(FILE *out);
};

extern const struct manual_document manual_documents[];
extern const size_t manual_documents_count;

/* NULL when there is none of that name. */
const struct manual_document *manual_find(const char *name);

void manual_command_write(FILE *out); /* limpet(1) */
void manual_file_write(FILE *out);    /* limpet.yaml(5) */
void manual_example_write(FILE *out); /* limpet.yaml, everything in comments */
void completion_bash_write(FILE *out);
void completion_zsh_write(FILE *out);
void completion_fish_write(FILE *out);

#endif
