/*
 * A command is a file, by its path or found along $PATH; a script names the file that runs it in
 * its first line, which may be `env` and a command. Symbolic links are followed: probes go by the
 * name of the file that is mapped. Whatever goes wrong here, exec will say.
 */
#include "capture/command_probes.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "base/cleanup.h"
#include "base/view.h"
#include "capture/runtime_probes.h"

#define MAX_FILES_RUN        4   /* a script, what runs it, and so on; Linux goes as far */
#define INTERPRETER_BYTES    256 /* the kernel reads as many */
#define DEFAULT_COMMAND_PATH "/bin:/usr/bin" /* execvp's */

static bool resolve(const char *path, char ret[PATH_MAX])
{
	return access(path, X_OK) == 0 && realpath(path, ret);
}

static bool find_command(const char *command, char ret[PATH_MAX])
{
	const char *folder = getenv("PATH"), *end;
	char path[PATH_MAX];

	if (strchr(command, '/'))
		return resolve(command, ret);
	for (folder = folder ? folder : DEFAULT_COMMAND_PATH;; folder = end + 1) {
		int size;

		end = strchrnul(folder, ':');
		size = snprintf(path, sizeof(path), "%.*s%s%s", (int)(end - folder), folder,
				end > folder ? "/" : "", command);
		if (size > 0 && size < (int)sizeof(path) && resolve(path, ret))
			return true;
		if (!*end)
			return false;
	}
}

/* Of "#!/usr/bin/env -S python3 -u": "python3"; of "#!/usr/bin/perl -w": "/usr/bin/perl". */
static bool find_interpreter(int fd, char ret[INTERPRETER_BYTES])
{
	char line[INTERPRETER_BYTES], *word, *rest = NULL;
	ssize_t size = pread(fd, line, sizeof(line) - 1, 0);

	if (size < 2 || line[0] != '#' || line[1] != '!')
		return false;
	line[size] = '\0';
	line[strcspn(line, "\n")] = '\0';
	word = strtok_r(line + 2, " \t", &rest);
	if (word && strcmp(view_base_name(view_of_text(word)).bytes, "env") == 0)
		do
			word = strtok_r(NULL, " \t", &rest);
		while (word && (word[0] == '-' || strchr(word, '=')));
	if (!word)
		return false;
	(void)snprintf(ret, INTERPRETER_BYTES, "%s", word);
	return true;
}

void command_probes_attach(struct runtime_probes *probes, pid_t pid, const char *command)
{
	char name[INTERPRETER_BYTES], path[PATH_MAX];

	for (uint32_t i = 0; i < MAX_FILES_RUN && find_command(command, path); i++) {
		_cleanup_(cleanup_close) int fd =
			open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);

		if (fd < 0)
			break;
		if (!find_interpreter(fd, name)) {
			runtime_probes_consider(probes, pid, view_of_text(path), fd);
			break;
		}
		command = name;
	}
	runtime_probes_settle(probes);
}
