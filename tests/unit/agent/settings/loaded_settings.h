/* Loads settings from a command line and an environment written as lists, and keeps what was said
 * about them. */
#ifndef SETTINGS_LOADED_SETTINGS_H
#define SETTINGS_LOADED_SETTINGS_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include "captured_output.h"
#include "settings/option_value.h"
#include "settings/settings.h"
#include "settings/settings_origins.h"

#define LINE(...) ((char *[]){(char *)"limpet", __VA_ARGS__, NULL})
#define ENV(...)  ((char *[]){__VA_ARGS__, NULL})
#define NO_ENV    ((char *[]){NULL})

static struct captured_output log_output;

static inline int load(struct settings *settings, char **line, char **environment)
{
	int argc = 0, r;

	while (line[argc])
		argc++;
	captured_output_begin(&log_output, STDERR_FILENO);
	r = settings_load(settings, argc, line, environment);
	(void)captured_output_end(&log_output);
	return r;
}

/* Loads fine, silently. */
static inline void assert_loads(struct settings *settings, char **line, char **environment)
{
	int r = load(settings, line, environment);

	assert_string_equal(log_output.text, "");
	assert_int_equal(r, 0);
}

/* Fails with exactly this said, and leaves the settings alone. */
static inline void assert_refused(char **line, char **environment, const char *text)
{
	struct settings settings, untouched;

	memset(&settings, 0x5a, sizeof(settings));
	memset(&untouched, 0x5a, sizeof(untouched));
	assert_int_equal(load(&settings, line, environment), -EINVAL);
	assert_string_equal(log_output.text, text);
	assert_memory_equal(&settings, &untouched, sizeof(settings));
}

static inline void write_file(const char *path, mode_t mode, const char *text)
{
	int fd;

	(void)unlink(path); /* whatever a run that was stopped left under this name */
	fd = open(path, O_WRONLY | O_CREAT | O_EXCL, 0600);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, strlen(text)), strlen(text));
	assert_int_equal(fchmod(fd, mode), 0);
	(void)close(fd);
}

#endif
