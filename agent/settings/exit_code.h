/* How limpet ends. */
#ifndef SETTINGS_EXIT_CODE_H
#define SETTINGS_EXIT_CODE_H

/* Exit codes of limpet itself; `run` otherwise exits with CMD's code, 128 + signal when it was
 * killed. */
enum exit_code {
	EXIT_CODE_OK = 0,
	EXIT_CODE_FAILURE = 1, /* something else went wrong at run time */
	EXIT_CODE_SETTINGS =
		2, /* an option, a key, a value, the file, the DSN: nothing was started */
	EXIT_CODE_PRIVILEGES = 3,       /* not allowed to load or attach */
	EXIT_CODE_KERNEL = 4,           /* the kernel lacks something needed (BTF, ring buffer) */
	EXIT_CODE_TARGET = 5,           /* no such process, or it cannot be traced */
	EXIT_CODE_RECORDING = 6,        /* the recording cannot be read */
	EXIT_CODE_NOT_EXECUTABLE = 126, /* run: CMD exists but cannot be executed */
	EXIT_CODE_NOT_FOUND = 127,      /* run: CMD not found */
};

#endif
