/* Which signal means what; the loop of the session asks what came of them. */
#include "session_signals.h"

#include <errno.h>
#include <signal.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

int session_signals_open(struct session_signals *signals)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGHUP);
	sigaddset(&set, SIGUSR1);
	sigaddset(&set, SIGCHLD);
	if (sigprocmask(SIG_BLOCK, &set, NULL) < 0)
		return -errno;
	signals->fd = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	return signals->fd < 0 ? -errno : 0;
}

/* CMD has ended: what it left behind goes on untraced, as it would outlive any other parent. */
static void note_child(struct session_signals *signals, pid_t child)
{
	siginfo_t ended = {0};

	if (child > 0 && waitid(P_PID, (id_t)child, &ended, WEXITED | WNOWAIT | WNOHANG) == 0 &&
	    ended.si_pid == child)
		signals->is_child_gone = true;
}

void session_signals_take(struct session_signals *signals, pid_t forward_to)
{
	struct signalfd_siginfo signal;

	while (read(signals->fd, &signal, sizeof(signal)) == sizeof(signal)) {
		switch (signal.ssi_signo) {
		case SIGUSR1:
			signals->wants_totals = true;
			break;
		case SIGCHLD:
			note_child(signals, forward_to);
			break;
		case SIGHUP:
			if (signals->reload(signals->self))
				break;
			/* fall through */
		case SIGINT:
			/* From the keyboard the child got it as well and decides; from a program it
			 * did not. */
			if (forward_to > 0 && signal.ssi_code == SI_KERNEL)
				break;
			/* fall through */
		default:
			if (forward_to > 0)
				(void)kill(forward_to, (int)signal.ssi_signo);
			else
				signals->is_interrupted = true;
		}
	}
}
