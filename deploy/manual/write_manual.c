/*
 * write_manual DOCUMENT: prints one of the documents that are made of the option table. Runs while
 * limpet is built, never where it is installed. Without a document it lists their names.
 */
#include <stdio.h>
#include "manual/manual.h"

int main(int argc, char **argv)
{
	const struct manual_document *document;

	if (argc != 2) {
		for (size_t i = 0; i < manual_documents_count; i++)
			(void)printf("%s\n", manual_documents[i].name);
		return argc == 1 ? 0 : 2;
	}
	document = manual_find(argv[1]);
	if (!document) {
		(void)fprintf(stderr,
			      "write_manual: no document '%s'; list them with: write_manual\n",
			      argv[1]);
		return 2;
	}
	document->write(stdout);
	if (fflush(stdout) != 0 || ferror(stdout)) {
		(void)fprintf(stderr, "write_manual: cannot write %s\n", argv[1]);
		return 1;
	}
	return 0;
}
