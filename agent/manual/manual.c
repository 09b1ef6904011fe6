/*
 * Which documents there are. A new one is a function and a row; `make install` says where it goes.
 * The option table says everything about options: here is only how a format wants it.
 */
#include "manual/manual.h"

#include <string.h>

const struct manual_document manual_documents[] = {
	{"limpet.1", manual_command_write},    {"limpet.yaml.5", manual_file_write},
	{"limpet.yaml", manual_example_write}, {"limpet.bash", completion_bash_write},
	{"_limpet", completion_zsh_write},     {"limpet.fish", completion_fish_write},
};
const size_t manual_documents_count = sizeof(manual_documents) / sizeof(manual_documents[0]);

const struct manual_document *manual_find(const char *name)
{
	for (size_t i = 0; i < manual_documents_count; i++)
		if (strcmp(manual_documents[i].name, name) == 0)
			return &manual_documents[i];
	return NULL;
}
