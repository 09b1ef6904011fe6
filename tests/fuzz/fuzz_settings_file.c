// fuzz-sources: agent/settings/*.c agent/base/*.c agent/discovery/discovery_glob.c
/* The text of a settings file, as anybody might have written it: read or refused, never more. */
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>
#include "settings/option_value.h"
#include "settings/settings_document.h"
#include "settings/settings_origins.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	static int log_fd = -1;
	struct settings settings = {.origins = settings_origins_new()};
	unsigned secret_line;
	char text[256];
	int saved;

	if (!settings.origins)
		return 0;
	/* What is said about the text is written, but not to the fuzzer's own log. */
	if (log_fd < 0)
		log_fd = open("/dev/null", O_WRONLY | O_CLOEXEC);
	saved = dup(STDERR_FILENO);
	(void)dup2(log_fd, STDERR_FILENO);
	(void)settings_document_read(&settings, "fuzz.yaml", view_of(bytes, size), &secret_line);
	(void)dup2(saved, STDERR_FILENO);
	(void)close(saved);
	for (size_t i = 0; i < option_table_count; i++) {
		(void)option_value_format(&option_table[i], &settings, text, sizeof(text));
		option_value_free(&option_table[i], &settings);
	}
	free(settings.origins);
	return 0;
}
