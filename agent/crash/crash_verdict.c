/*
 * The exit code decides: a fatal signal that was captured and that the process survived (a
 * debugger, a second thought) is no crash, and a kill that hit a crashing process is no crash
 * either way.
 */
#include "crash/crash_verdict.h"

#include <signal.h>

#define SIGNAL_BITS 0x7f

/* Signals that dump core by default: nobody dies of one by being asked to. One that was not
 * captured is a crash all the same (seccomp's before 5.16 is never delivered; a ring may have been
 * full). */
static bool is_crash_signal(int signal)
{
	static const int signals[] = {SIGQUIT, SIGILL,  SIGTRAP, SIGABRT, SIGBUS,
				      SIGFPE,  SIGSEGV, SIGXCPU, SIGXFSZ, SIGSYS};

	for (size_t i = 0; i < sizeof(signals) / sizeof(signals[0]); i++)
		if (signals[i] == signal)
			return true;
	return false;
}

enum raw_verdict crash_verdict_of(const struct raw_crash *raw)
{
	int signal = (int)(raw->death.exit_code & SIGNAL_BITS);
	bool is_out_of_memory = raw->death.is_oom || (raw->has_sender && raw->sender.is_oom);

	if ((raw->fatal_ns && signal) || is_crash_signal(signal))
		return RAW_CRASHED;
	if (signal == SIGKILL && is_out_of_memory)
		return RAW_OOM_KILLED;
	if (signal == SIGKILL ||
	    (signal && raw->has_sender && raw->sender.signal == (uint32_t)signal))
		return RAW_KILLED;
	if (signal)
		return RAW_SIGNALLED;
	if (raw->death.exit_code == 0)
		return RAW_ENDED_WELL;
	return raw->threads_count && raw->fatal_ns == 0 ? RAW_FAULTED : RAW_EXITED;
}
