/* What programs print, word for word, each in one write. */
#ifndef SUPPORT_SAMPLE_OUTPUT_H
#define SUPPORT_SAMPLE_OUTPUT_H

#define PYTHON_FRAMES                                                                              \
	"Traceback (most recent call last):\n"                                                     \
	"  File \"/srv/shop.py\", line 7, in total\n"                                              \
	"    raise ValueError(\"no stock\")\n"
#define PYTHON_TRACEBACK        PYTHON_FRAMES "ValueError: no stock\n"
#define PYTHON_LOGGED           "ERROR:shop:order 17 failed\n" PYTHON_TRACEBACK
#define PYTHON_THREAD_TRACEBACK "Exception in thread Thread-1 (run):\n" PYTHON_TRACEBACK
#define GO_PANIC                                                                                   \
	"panic: no stock\n\n"                                                                      \
	"goroutine 17 [running]:\n"                                                                \
	"main.total(...)\n"                                                                        \
	"\t/srv/shop.go:7\n"                                                                       \
	"main.main()\n"                                                                            \
	"\t/srv/shop.go:21 +0x1d\n"                                                                \
	"exit status 2\n"
/* Or a warning: nobody knows before the process ends. */
#define PERL_DIE "no stock at /srv/shop.pl line 7.\n"

#endif
