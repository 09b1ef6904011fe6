/* Tables of signal names. The numbers are written out where the headers of older systems lack them:
 * a crash may come from a program that is newer than we are. */
#include "crash/signal_words.h"

#include <signal.h>
#include <stddef.h>

struct signal_row {
	int signal;
	const char *name;
	const char *title;
	const char *description;
};

static const struct signal_row signals[] = {
	{SIGHUP, "SIGHUP", NULL, "hangup"},
	{SIGINT, "SIGINT", NULL, "interrupt"},
	{SIGQUIT, "SIGQUIT", NULL, "quit"},
	{SIGILL, "SIGILL", "IllegalInstruction", "illegal instruction"},
	{SIGTRAP, "SIGTRAP", "Trap", "trace or breakpoint trap"},
	{SIGABRT, "SIGABRT", "Abort", "aborted"},
	{SIGBUS, "SIGBUS", "BusError", "bus error"},
	{SIGFPE, "SIGFPE", "FloatingPointException", "arithmetic exception"},
	{SIGKILL, "SIGKILL", NULL, "killed"},
	{SIGUSR1, "SIGUSR1", NULL, "user-defined signal 1"},
	{SIGSEGV, "SIGSEGV", "Segfault", "segmentation fault"},
	{SIGUSR2, "SIGUSR2", NULL, "user-defined signal 2"},
	{SIGPIPE, "SIGPIPE", NULL, "broken pipe"},
	{SIGALRM, "SIGALRM", NULL, "alarm clock"},
	{SIGTERM, "SIGTERM", NULL, "terminated"},
	{SIGSTKFLT, "SIGSTKFLT", NULL, "stack fault"},
	{SIGCHLD, "SIGCHLD", NULL, "child exited"},
	{SIGCONT, "SIGCONT", NULL, "continued"},
	{SIGSTOP, "SIGSTOP", NULL, "stopped"},
	{SIGTSTP, "SIGTSTP", NULL, "stopped from the terminal"},
	{SIGTTIN, "SIGTTIN", NULL, "stopped for terminal input"},
	{SIGTTOU, "SIGTTOU", NULL, "stopped for terminal output"},
	{SIGURG, "SIGURG", NULL, "urgent I/O condition"},
	{SIGXCPU, "SIGXCPU", NULL, "CPU time limit exceeded"},
	{SIGXFSZ, "SIGXFSZ", NULL, "file size limit exceeded"},
	{SIGVTALRM, "SIGVTALRM", NULL, "virtual timer expired"},
	{SIGPROF, "SIGPROF", NULL, "profiling timer expired"},
	{SIGWINCH, "SIGWINCH", NULL, "window changed"},
	{SIGIO, "SIGIO", NULL, "I/O possible"},
	{SIGPWR, "SIGPWR", NULL, "power failure"},
	{SIGSYS, "SIGSYS", "BadSyscall", "bad system call"},
};

struct code_row {
	int signal; /* 0: any */
	int code;
	const char *name;
};

static const struct code_row codes[] = {
	{0, 0, "SI_USER"},
	{0, 0x80, "SI_KERNEL"},
	{0, -1, "SI_QUEUE"},
	{0, -2, "SI_TIMER"},
	{0, -3, "SI_MESGQ"},
	{0, -4, "SI_ASYNCIO"},
	{0, -5, "SI_SIGIO"},
	{0, -6, "SI_TKILL"},
	{0, -7, "SI_DETHREAD"},
	{0, -60, "SI_ASYNCNL"},
	{SIGSEGV, 1, "SEGV_MAPERR"},
	{SIGSEGV, 2, "SEGV_ACCERR"},
	{SIGSEGV, 3, "SEGV_BNDERR"},
	{SIGSEGV, 4, "SEGV_PKUERR"},
	{SIGSEGV, 5, "SEGV_ACCADI"},
	{SIGSEGV, 6, "SEGV_ADIDERR"},
	{SIGSEGV, 7, "SEGV_ADIPERR"},
	{SIGSEGV, 8, "SEGV_MTEAERR"},
	{SIGSEGV, 9, "SEGV_MTESERR"},
	{SIGSEGV, 10, "SEGV_CPERR"},
	{SIGBUS, 1, "BUS_ADRALN"},
	{SIGBUS, 2, "BUS_ADRERR"},
	{SIGBUS, 3, "BUS_OBJERR"},
	{SIGBUS, 4, "BUS_MCEERR_AR"},
	{SIGBUS, 5, "BUS_MCEERR_AO"},
	{SIGFPE, 1, "FPE_INTDIV"},
	{SIGFPE, 2, "FPE_INTOVF"},
	{SIGFPE, 3, "FPE_FLTDIV"},
	{SIGFPE, 4, "FPE_FLTOVF"},
	{SIGFPE, 5, "FPE_FLTUND"},
	{SIGFPE, 6, "FPE_FLTRES"},
	{SIGFPE, 7, "FPE_FLTINV"},
	{SIGFPE, 8, "FPE_FLTSUB"},
	{SIGFPE, 14, "FPE_FLTUNK"},
	{SIGFPE, 15, "FPE_CONDTRAP"},
	{SIGILL, 1, "ILL_ILLOPC"},
	{SIGILL, 2, "ILL_ILLOPN"},
	{SIGILL, 3, "ILL_ILLADR"},
	{SIGILL, 4, "ILL_ILLTRP"},
	{SIGILL, 5, "ILL_PRVOPC"},
	{SIGILL, 6, "ILL_PRVREG"},
	{SIGILL, 7, "ILL_COPROC"},
	{SIGILL, 8, "ILL_BADSTK"},
	{SIGILL, 9, "ILL_BADIADDR"},
	{SIGTRAP, 1, "TRAP_BRKPT"},
	{SIGTRAP, 2, "TRAP_TRACE"},
	{SIGTRAP, 3, "TRAP_BRANCH"},
	{SIGTRAP, 4, "TRAP_HWBKPT"},
	{SIGTRAP, 5, "TRAP_UNK"},
	{SIGTRAP, 6, "TRAP_PERF"},
	{SIGSYS, 1, "SYS_SECCOMP"},
	{SIGSYS, 2, "SYS_USER_DISPATCH"},
};

static const struct signal_row *find_signal(int signal)
{
	for (size_t i = 0; i < sizeof(signals) / sizeof(signals[0]); i++)
		if (signals[i].signal == signal)
			return &signals[i];
	return NULL;
}

const char *signal_words_name(int signal)
{
	const struct signal_row *row = find_signal(signal);

	return row ? row->name : NULL;
}

const char *signal_words_title(int signal)
{
	const struct signal_row *row = find_signal(signal);

	return row ? row->title : NULL;
}

const char *signal_words_description(int signal)
{
	const struct signal_row *row = find_signal(signal);

	return row ? row->description : NULL;
}

const char *signal_words_code(int signal, int code)
{
	for (size_t i = 0; i < sizeof(codes) / sizeof(codes[0]); i++)
		if (codes[i].code == code && (!codes[i].signal || codes[i].signal == signal))
			return codes[i].name;
	return NULL;
}
