/* Names of signals and codes: against the machine's own headers where they have them. */
#include "crash/signal_words.h"

#include <signal.h>
#include "cmocka_test.h"

static void test_signals(void **state)
{
	(void)state;
	for (int signal = 1; signal < 32; signal++) {
		char wanted[32];

		(void)snprintf(wanted, sizeof(wanted), "SIG%s",
			       signal == SIGIO ? "IO" : sigabbrev_np(signal));
		assert_non_null(signal_words_name(signal));
		assert_string_equal(signal_words_name(signal), wanted);
		assert_non_null(signal_words_description(signal));
	}
	assert_null(signal_words_name(0));
	assert_null(signal_words_name(34));
	assert_null(signal_words_description(-1));
	assert_string_equal(signal_words_title(SIGSEGV), "Segfault");
	assert_string_equal(signal_words_title(SIGABRT), "Abort");
	assert_string_equal(signal_words_title(SIGBUS), "BusError");
	assert_string_equal(signal_words_title(SIGFPE), "FloatingPointException");
	assert_string_equal(signal_words_title(SIGILL), "IllegalInstruction");
	assert_string_equal(signal_words_title(SIGSYS), "BadSyscall");
	assert_string_equal(signal_words_title(SIGTRAP), "Trap");
	assert_null(signal_words_title(SIGTERM));
}

#define CODE(signal, code)                                                                         \
	{                                                                                          \
		signal, code, #code                                                                \
	}

static void test_codes(void **state)
{
	static const struct {
		int signal;
		int code;
		const char *name;
	} known[] = {
		CODE(SIGSEGV, SEGV_MAPERR), CODE(SIGSEGV, SEGV_ACCERR), CODE(SIGSEGV, SEGV_BNDERR),
		CODE(SIGSEGV, SEGV_PKUERR), CODE(SIGBUS, BUS_ADRALN),   CODE(SIGBUS, BUS_ADRERR),
		CODE(SIGBUS, BUS_OBJERR),   CODE(SIGFPE, FPE_INTDIV),   CODE(SIGFPE, FPE_INTOVF),
		CODE(SIGFPE, FPE_FLTDIV),   CODE(SIGFPE, FPE_FLTSUB),   CODE(SIGILL, ILL_ILLOPC),
		CODE(SIGILL, ILL_ILLOPN),   CODE(SIGILL, ILL_BADSTK),   CODE(SIGTRAP, TRAP_BRKPT),
		CODE(SIGTRAP, TRAP_TRACE),  CODE(SIGSEGV, SI_USER),     CODE(SIGABRT, SI_TKILL),
		CODE(SIGSEGV, SI_KERNEL),   CODE(SIGTERM, SI_QUEUE),    CODE(SIGALRM, SI_TIMER),
		CODE(SIGIO, SI_SIGIO),      CODE(SIGIO, SI_ASYNCIO),    CODE(SIGIO, SI_MESGQ),
	};

	(void)state;
	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		assert_non_null(signal_words_code(known[i].signal, known[i].code));
		assert_string_equal(signal_words_code(known[i].signal, known[i].code),
				    known[i].name);
	}
	assert_string_equal(signal_words_code(SIGSYS, 1), "SYS_SECCOMP");
	assert_string_equal(signal_words_code(SIGSEGV, 9), "SEGV_MTESERR");
	assert_string_equal(signal_words_code(SIGSEGV, 10), "SEGV_CPERR");
	assert_null(signal_words_code(SIGTERM, 1));
	assert_null(signal_words_code(SIGSEGV, 99));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_signals),
		cmocka_unit_test(test_codes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
